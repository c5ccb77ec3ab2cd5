// AMX: the left side is a tile of the weight as it lies, the right side a tile of packed rows, the sum 16 outputs of 16 rows.
#include "bfloat16_blocks.h"
#include <immintrin.h>

#define RB_AMX __attribute__((target("amx-tile,amx-bf16," RB_BF16_TARGET)))

struct tiles {
  uint8_t palette, start, reserved[14];
  uint16_t bytes[16];
  uint8_t rows[16];
} __attribute__((aligned(64)));

// Sums are tiles 0 to 3, weights 4 and 5, packed rows 6 and 7. `outputs` of them are used in sums and weights.
RB_AMX static void configure(int outputs) {
  struct tiles tiles = {.palette = 1};
  for (int i = 0; i < 8; i++) {
    tiles.rows[i] = i < 6 ? outputs : 16;
    tiles.bytes[i] = 64;
  }
  _tile_loadconfig(&tiles);
}

// 32 outputs of 32 rows.
RB_AMX static void four(const uint16_t *weight, int64_t stride, int64_t inner, const uint16_t *packed, float *out,
                        int64_t out_stride) {
  float block[4][16][16] __attribute__((aligned(64)));
  const uint16_t *low = weight, *high = weight + 16 * stride;
  const uint16_t *left = packed, *right = packed + 16 * inner;
  _tile_zero(0);
  _tile_zero(1);
  _tile_zero(2);
  _tile_zero(3);
  for (int64_t k = 0; k < inner; k += RB_BF16_INNER) {
    _tile_loadd(4, low + k, stride * 2);
    _tile_loadd(6, left + 16 * k, 64);
    _tile_dpbf16ps(0, 4, 6);
    _tile_loadd(7, right + 16 * k, 64);
    _tile_dpbf16ps(1, 4, 7);
    _tile_loadd(5, high + k, stride * 2);
    _tile_dpbf16ps(2, 5, 6);
    _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, block[0], 64);
  _tile_stored(1, block[1], 64);
  _tile_stored(2, block[2], 64);
  _tile_stored(3, block[3], 64);
  rb_bf16_store(block[0], 16, out, out_stride);
  rb_bf16_store(block[1], 16, out + 16 * out_stride, out_stride);
  rb_bf16_store(block[2], 16, out + 16, out_stride);
  rb_bf16_store(block[3], 16, out + 16 * out_stride + 16, out_stride);
}

// Up to 16 outputs, as many as are configured, of 16 rows.
RB_AMX static void one(const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner, const uint16_t *packed,
                       float *out, int64_t out_stride) {
  float block[16][16] __attribute__((aligned(64))) = {{0}};
  _tile_zero(0);
  for (int64_t k = 0; k < inner; k += RB_BF16_INNER) {
    _tile_loadd(4, weight + k, stride * 2);
    _tile_loadd(6, packed + 16 * k, 64);
    _tile_dpbf16ps(0, 4, 6);
  }
  _tile_stored(0, block, 64);
  rb_bf16_store(block, outputs, out, out_stride);
}

RB_AMX void rb_bf16_amx(const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner, const uint16_t *packed,
                        int64_t rows, float *out, int64_t out_stride) {
  int64_t whole = outputs / 32 * 32, pairs = rows / 32 * 32;
  configure(16);
  for (int64_t row = 0; row < pairs; row += 32)
    for (int64_t j = 0; j < whole; j += 32)
      four(weight + j * stride, stride, inner, packed + row * inner, out + row * out_stride + j, out_stride);
  for (int64_t j = 0; j < whole && pairs < rows; j += 16)
    one(weight + j * stride, stride, 16, inner, packed + pairs * inner, out + pairs * out_stride + j, out_stride);
  for (int64_t j = whole; j < outputs; j += 16) {
    int64_t count = outputs - j < 16 ? outputs - j : 16;
    configure((int)count);
    for (int64_t row = 0; row < rows; row += 16)
      one(weight + j * stride, stride, count, inner, packed + row * inner, out + row * out_stride + j, out_stride);
  }
  _tile_release();
}
