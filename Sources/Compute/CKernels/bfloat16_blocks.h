// The two units' walks over all rows for a few outputs.
#pragma once
#include "bfloat16.h"
#include "transpose.h"

void rb_bf16_amx(const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner, const uint16_t *packed,
                 int64_t rows, float *out, int64_t out_stride);
void rb_bf16_avx512(const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner, const uint16_t *packed,
                    int64_t rows, float *out, int64_t out_stride);

#define RB_BF16_TARGET "avx512f,avx512bw,avx512vl,avx512dq,avx512bf16"

// out[row][output] = block[output][row]: both units compute 16 outputs of 16 rows the other way round.
__attribute__((target(RB_BF16_TARGET))) static inline void rb_bf16_store(float block[16][16], int64_t outputs, float *out,
                                                                          int64_t out_stride) {
  v16 lines[16], other[16];
  for (int i = 0; i < 16; i++) lines[i] = RB_LOAD(block[i]);
  RB_TRANSPOSE(lines, other);
  for (int row = 0; row < 16; row++) {
    if (outputs == 16)
      RB_STORE(out + row * out_stride, lines[row]);
    else
      memcpy(out + row * out_stride, &lines[row], outputs * sizeof(float));
  }
}
