// Products of bfloat16 numbers with float32 sums, by the CPU's own instructions.
//
// Every output is one chain over the inner dimension in ascending order, whatever stands beside it: the bit rule holds by
// construction. The two units round differently, so each is a kernel of its own.
#pragma once
#include <stdint.h>

/// What multiplies bfloat16 numbers here.
enum { RB_BF16_NONE = 0, RB_BF16_AVX512 = 1, RB_BF16_AMX = 2 };

/// The best unit that CPU and system offer to this process. AMX is asked for here, once: threads that are already running
/// may use it as well.
int rb_bf16_unit(void);
/// Whether `unit` can be used: a machine with AMX has AVX512-BF16 as well.
int rb_bf16_has(int unit);

/// Inner dimensions are multiples of this; shorter rows are filled with zeros.
#define RB_BF16_INNER 32
/// Rows are packed in blocks of this many.
#define RB_BF16_ROWS 16

/// out[i] = in[i] rounded to bfloat16, to nearest, ties to even; a NaN stays one.
void rb_narrow_bf16(const float *in, uint16_t *out, int64_t count);

/// Packs [rows, columns] for rb_bf16_multiply, rounded: rows is a multiple of RB_BF16_ROWS, columns are filled up to a multiple
/// of RB_BF16_INNER. out holds rows * (columns filled up) numbers and is aligned to 64 bytes.
void rb_bf16_pack(const float *x, uint16_t *out, int64_t rows, int64_t columns);

/// out[row][output] = sum over k of x[row][k] * weight[output][k].
///
/// weight: [outputs][inner] of bfloat16, `stride` numbers apart; packed: what rb_bf16_pack made of `rows` rows of `inner` columns;
/// inner is a multiple of RB_BF16_INNER. Subnormal numbers count as zero.
void rb_bf16_multiply(int unit, const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner,
                      const uint16_t *packed, int64_t rows, float *out, int64_t out_stride);
