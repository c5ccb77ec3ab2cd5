// AVX512-BF16: 16 sums of 16 rows each in registers; a pair of columns of 16 rows against the same pair of each output.
#include "bfloat16_blocks.h"
#include <immintrin.h>

#define RB_AVX512 __attribute__((target(RB_BF16_TARGET)))

RB_AVX512 static void block_of(const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner,
                               const uint16_t *packed, float *out, int64_t out_stride) {
  float block[16][16] __attribute__((aligned(64)));
  __m512 sums[16];
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) sums[i] = _mm512_setzero_ps();
  // Where there are fewer outputs, the last one is computed again in their places, and not stored.
  const uint16_t *rows[16];
  for (int i = 0; i < 16; i++) rows[i] = weight + (i < outputs ? i : outputs - 1) * stride;
  for (int64_t k = 0; k < inner; k += 2) {
    __m512bh pair = (__m512bh)_mm512_loadu_si512(packed + 16 * k);
#pragma clang loop unroll(full)
    for (int i = 0; i < 16; i++) {
      int32_t both;
      memcpy(&both, rows[i] + k, sizeof both);
      sums[i] = _mm512_dpbf16_ps(sums[i], pair, (__m512bh)_mm512_set1_epi32(both));
    }
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < 16; i++) _mm512_store_ps(block[i], sums[i]);
  rb_bf16_store(block, outputs, out, out_stride);
}

RB_AVX512 void rb_bf16_avx512(const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner,
                              const uint16_t *packed, int64_t rows, float *out, int64_t out_stride) {
  for (int64_t row = 0; row < rows; row += 16)
    for (int64_t j = 0; j < outputs; j += 16)
      block_of(weight + j * stride, stride, outputs - j < 16 ? outputs - j : 16, inner, packed + row * inner,
               out + row * out_stride + j, out_stride);
}
