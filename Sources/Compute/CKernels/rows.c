// Row-wise kernels: norms, biases, rotary embedding, argmax.
#include "kernels.h"
#include "vector.h"
#include <math.h>

// Sum over a row of value(i) for 16 lanes, the tail in lane order behind it.
#define ROW_SUM(result, columns, vector_term, scalar_term)                                                            \
  do {                                                                                                                \
    v16 rb_total = {};                                                                                                \
    int64_t i = 0;                                                                                                    \
    for (; i + 16 <= (columns); i += 16) rb_total += (vector_term);                                                   \
    float rb_lanes[16];                                                                                               \
    RB_STORE(rb_lanes, rb_total);                                                                                     \
    float rb_sum = rb_sum_lanes(rb_lanes);                                                                            \
    for (; i < (columns); i++) rb_sum += (scalar_term);                                                               \
    (result) = rb_sum;                                                                                                \
  } while (0)

RB_CLONES void rb_rms_norm(const float *x, const float *weight, float *out, int64_t rows, int64_t columns, float eps) {
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns) {
    float squares;
    ROW_SUM(squares, columns, RB_LOAD(x + i) * RB_LOAD(x + i), x[i] * x[i]);
    float scale = 1.0f / sqrtf(squares / (float)columns + eps);
    for (int64_t i = 0; i < columns; i++) out[i] = x[i] * scale * weight[i];
  }
}

RB_CLONES void rb_layer_norm(const float *x, const float *weight, const float *bias, float *out, int64_t rows,
                             int64_t columns, float eps) {
  for (int64_t row = 0; row < rows; row++, x += columns, out += columns) {
    float sum, squares;
    ROW_SUM(sum, columns, RB_LOAD(x + i), x[i]);
    float mean = sum / (float)columns;
    ROW_SUM(squares, columns, (RB_LOAD(x + i) - mean) * (RB_LOAD(x + i) - mean), (x[i] - mean) * (x[i] - mean));
    float scale = 1.0f / sqrtf(squares / (float)columns + eps);
    for (int64_t i = 0; i < columns; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
  }
}

RB_CLONES void rb_add_bias(float *x, const float *bias, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row++, x += columns) {
    for (int64_t i = 0; i < columns; i++) x[i] += bias[i];
  }
}

RB_CLONES void rb_add(float *x, const float *y, int64_t count) {
  for (int64_t i = 0; i < count; i++) x[i] += y[i];
}

RB_CLONES void rb_add_scaled(float *x, const float *y, const float *scale, int64_t rows, int64_t columns) {
  for (int64_t row = 0; row < rows; row++, x += columns, y += columns) {
    for (int64_t i = 0; i < columns; i++) x[i] += y[i] * scale[i];
  }
}

RB_CLONES void rb_rope(float *x, const float *cosine, const float *sine, int64_t heads, int64_t head_size) {
  int64_t half = head_size / 2;
  for (int64_t head = 0; head < heads; head++, x += head_size) {
    for (int64_t i = 0; i < half; i++) {
      float low = x[i], high = x[i + half];
      x[i] = low * cosine[i] - high * sine[i];
      x[i + half] = high * cosine[i] + low * sine[i];
    }
  }
}

RB_CLONES void rb_argmax(const float *x, int64_t rows, int64_t columns, int64_t stride, uint16_t *out) {
  for (int64_t row = 0; row < rows; row++, x += stride) {
    int64_t best = 0;
    for (int64_t i = 1; i < columns; i++) {
      if (x[i] > x[best]) best = i;
    }
    out[row] = (uint16_t)best;
  }
}

RB_CLONES int rb_all_finite(const float *x, int64_t count) {
  // The exponent of infinities and NaNs is all ones; or-ing keeps the loop free of branches.
  int32_t bad = 0;
  for (int64_t i = 0; i < count; i++) {
    int32_t bits;
    memcpy(&bits, x + i, sizeof bits);
    bad |= (bits & 0x7f800000) == 0x7f800000;
  }
  return !bad;
}
