// Rows and weights in the order in which float32 products read them.
#include "kernels.h"
#include "transpose.h"

RB_CLONES void rb_f32_pack_rows(const float *x, int64_t stride, float *out, int64_t rows, int64_t columns) {
  for (int64_t block = 0; block < rows; block += RB_F32_ROWS) {
    const float *from = x + block * stride;
    int64_t k = 0;
    for (; k + 16 <= columns; k += 16) {
      v16 lines[16], other[16];
      for (int i = 0; i < 16; i++) lines[i] = i < RB_F32_ROWS ? RB_LOAD(from + i * stride + k) : (v16){};
      RB_TRANSPOSE(lines, other);
      for (int i = 0; i < 16; i++, out += RB_F32_ROWS) memcpy(out, &lines[i], RB_F32_ROWS * sizeof *out);
    }
    for (; k < columns; k++) {
      for (int i = 0; i < RB_F32_ROWS; i++) *out++ = from[i * stride + k];
    }
  }
}

// 16 numbers of a weight from number `index` on, of which `count` are there.
RB_INLINE void load(const void *weight, int type, int64_t index, int64_t count, float *out) {
  switch (type) {
  case RB_F32: memcpy(out, (const char *)weight + index * 4, (size_t)count * 4); break;
  case RB_BF16:
    for (int64_t i = 0; i < count; i++) out[i] = rb_from_bf16((const char *)weight + (index + i) * 2);
    break;
  default:
    for (int64_t i = 0; i < count; i++) out[i] = rb_from_f16((const char *)weight + (index + i) * 2);
  }
}

RB_INLINE void pack_weight(const void *weight, int type, int64_t first, int64_t outputs, int64_t inner, float *out) {
  for (int64_t strip = 0; strip < outputs; strip += RB_F32_STRIP) {
    int64_t here = outputs - strip < RB_F32_STRIP ? outputs - strip : RB_F32_STRIP;
    for (int64_t k = 0; k < inner; k += 16) {
      int64_t count = inner - k < 16 ? inner - k : 16;
      float numbers[16][16] __attribute__((aligned(64))) = {{0}};
      for (int64_t i = 0; i < here; i++) {
        int64_t index = (first + strip + i) * inner + k;
        if (count == 16)
          load(weight, type, index, 16, numbers[i]);
        else
          load(weight, type, index, count, numbers[i]);
      }
      v16 lines[16], other[16];
      for (int i = 0; i < 16; i++) lines[i] = RB_LOAD(numbers[i]);
      RB_TRANSPOSE(lines, other);
      for (int64_t i = 0; i < count; i++, out += RB_F32_STRIP) RB_STORE(out, lines[i]);
    }
  }
}

RB_CLONES void rb_f32_pack_weight(const void *weight, int type, int64_t first, int64_t outputs, int64_t inner, float *out) {
  switch (type) {
  case RB_F32: return pack_weight(weight, RB_F32, first, outputs, inner, out);
  case RB_BF16: return pack_weight(weight, RB_BF16, first, outputs, inner, out);
  default: return pack_weight(weight, RB_F16, first, outputs, inner, out);
  }
}
