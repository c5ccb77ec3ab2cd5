// Products of float32 numbers: every output is one chain of fused multiply-adds over the inner dimension in ascending order,
// whatever stands beside it and however wide the registers are. The bit rule holds by construction, and AVX2 and AVX-512
// give the same bits.
#pragma once
#include <stdint.h>

/// How a weight's numbers are stored.
enum { RB_F32 = 0, RB_BF16 = 1, RB_F16 = 2 };

/// Rows are packed in blocks of this many.
#define RB_F32_ROWS 12
/// A weight's outputs are packed in strips of this many; the last one is filled up with zeros.
#define RB_F32_STRIP 16

/// Packs [rows, columns], whose rows lie `stride` apart, as [block][column][row of the block]; rows is a multiple of RB_F32_ROWS.
void rb_f32_pack_rows(const float *x, int64_t stride, float *out, int64_t rows, int64_t columns);

/// Packs rows `first` to `first + outputs` of a weight [.., inner] as [strip][inner][output of the strip], widened exactly.
void rb_f32_pack_weight(const void *weight, int type, int64_t first, int64_t outputs, int64_t inner, float *out);

/// out[row][output] = sum over k of x[row][k] * weight[output][k], from what the other two have packed; rows is a multiple of
/// RB_F32_ROWS, and out's rows lie `out_stride` apart.
void rb_f32_multiply(const float *weight, int64_t outputs, int64_t inner, const float *packed, int64_t rows, float *out,
                     int64_t out_stride);

/// Runs `rounds` times 16 independent fused multiply-adds of 16 lanes in registers, and returns something of the result: what the
/// machine could do at best. 512 operations a round.
float rb_f32_peak(int64_t rounds);
