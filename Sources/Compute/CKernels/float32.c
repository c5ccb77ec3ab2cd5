// float32 products: a tile of rows by outputs stays in registers while the inner dimension goes by.
#include "kernels.h"
#include "vector.h"

#define UNROLL _Pragma("clang loop unroll(full)")

// So much of the inner dimension at a time, that a strip of the weight stays in the first cache while all rows go by. Sums that
// wait in memory meanwhile are continued where they stopped: no bit depends on it.
#define DEPTH 256
// So many rows at a time, that they stay in the second cache while all strips go by.
#define ROWS_AT_ONCE 192

// `rows` rows by `strips` strips; starts from `out` unless `is_first`.
RB_INLINE void tile(const float *weight, int64_t strip, const float *packed, int64_t depth, int is_first, int rows, int strips,
                    int64_t columns, float *out, int64_t out_stride) {
  float edge[RB_F32_ROWS][2 * RB_F32_STRIP];
  v16 sums[RB_F32_ROWS][2];
  const int is_whole = columns >= strips * RB_F32_STRIP;
  float *place = is_whole ? out : edge[0];
  const int64_t stride = is_whole ? out_stride : 2 * RB_F32_STRIP;
  if (!is_whole && !is_first) {
    for (int r = 0; r < rows; r++) memcpy(edge[r], out + r * out_stride, (size_t)columns * sizeof *out);
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int s = 0; s < strips; s++) sums[r][s] = is_first ? (v16){} : RB_LOAD(place + r * stride + s * RB_F32_STRIP);
  }
  for (int64_t k = 0; k < depth; k++) {
    v16 numbers[2];
    UNROLL for (int s = 0; s < strips; s++) numbers[s] = RB_LOAD(weight + s * strip + k * RB_F32_STRIP);
    UNROLL for (int r = 0; r < rows; r++) {
      v16 x = RB_SPLAT(packed[k * RB_F32_ROWS + r]);
      UNROLL for (int s = 0; s < strips; s++) sums[r][s] += x * numbers[s];
    }
  }
  UNROLL for (int r = 0; r < rows; r++) {
    UNROLL for (int s = 0; s < strips; s++) RB_STORE(place + r * stride + s * RB_F32_STRIP, sums[r][s]);
  }
  if (!is_whole) {
    for (int r = 0; r < rows; r++) memcpy(out + r * out_stride, edge[r], (size_t)columns * sizeof *out);
  }
}

// A strip or two of the weight against some rows. AVX-512 has registers for twelve rows by two strips, AVX2 for six by one.
RB_INLINE void strips_by_rows(const float *weight, int64_t strip, int64_t columns, const float *packed, int64_t inner,
                              int64_t rows, int64_t depth, int is_first, int is_wide, float *out, int64_t out_stride) {
  for (int64_t row = 0; row < rows; row += RB_F32_ROWS) {
    const float *x = packed + row * inner;
    float *place = out + row * out_stride;
    if (is_wide) {
      tile(weight, strip, x, depth, is_first, 12, 2, columns, place, out_stride);
    } else {
      tile(weight, strip, x, depth, is_first, 6, 1, columns, place, out_stride);
      tile(weight, strip, x + 6, depth, is_first, 6, 1, columns, place + 6 * out_stride, out_stride);
    }
  }
}

RB_CLONES void rb_f32_multiply(const float *weight, int64_t outputs, int64_t inner, const float *packed, int64_t rows,
                               float *out, int64_t out_stride) {
  const int64_t strip = inner * RB_F32_STRIP;
  const int has_wide = rb_kernel_level() == 4;
  for (int64_t row = 0; row < rows; row += ROWS_AT_ONCE) {
    const int64_t some = rows - row < ROWS_AT_ONCE ? rows - row : ROWS_AT_ONCE;
    for (int64_t k = 0; k < inner; k += DEPTH) {
      const int64_t depth = inner - k < DEPTH ? inner - k : DEPTH;
      for (int64_t first = 0; first < outputs;) {
        // A last strip that stands alone has no partner to share the wide tile with.
        const int is_wide = has_wide && outputs - first > RB_F32_STRIP;
        const int64_t width = is_wide ? 2 * RB_F32_STRIP : RB_F32_STRIP;
        const int64_t columns = outputs - first < width ? outputs - first : width;
        const float *strips = weight + first * inner + k * RB_F32_STRIP;
        const float *x = packed + row * inner + k * RB_F32_ROWS;
        float *place = out + row * out_stride + first;
        if (is_wide)
          strips_by_rows(strips, strip, columns, x, inner, some, depth, k == 0, 1, place, out_stride);
        else
          strips_by_rows(strips, strip, columns, x, inner, some, depth, k == 0, 0, place, out_stride);
        first += width;
      }
    }
  }
}

// `chains` sums side by side: enough to hide an FMA's latency, and no more than there are registers for.
RB_INLINE float chains(int64_t rounds, int chains) {
  v16 sums[16];
  UNROLL for (int i = 0; i < chains; i++) sums[i] = RB_SPLAT((float)i);
  v16 x = RB_SPLAT(0.999f), y = RB_SPLAT(1e-3f);
  for (int64_t round = 0; round < rounds; round++) {
    UNROLL for (int i = 0; i < chains; i++) sums[i] = sums[i] * x + y;
  }
  float lanes[16], total = 0;
  for (int i = 0; i < chains; i++) {
    RB_STORE(lanes, sums[i]);
    total += rb_sum_lanes(lanes);
  }
  return total;
}

RB_CLONES float rb_f32_peak(int64_t rounds) {
  // AVX2 has half the registers of AVX-512, and needs two for 16 lanes.
  return rb_kernel_level() == 4 ? chains(rounds, 16) : chains(4 * rounds, 4);
}
