// Element-wise and attention kernels of the engine: everything between two matrix products.
//
// Each function exists in three builds (x86-64 baseline, v3 with AVX2 and FMA, v4 with AVX-512) of which the loader picks
// one; rb_kernel_level() says which. Within one build every row's result depends on that row's operands alone, never on
// how many rows a call has or where they stand: the bit rule holds here by construction.
#pragma once
#include "bfloat16.h"
#include "products.h"
#include <stdint.h>

/// 4, 3 or 1: the x86-64 level of the kernels that run on this machine.
int rb_kernel_level(void);

/// out[row][column] = x / rms(x) * weight, rms over the row in float32. Agrees with LlamaRMSNorm.
void rb_rms_norm(const float *x, const float *weight, float *out, int64_t rows, int64_t columns, float eps);

/// out[row][column] = (x - mean) / sqrt(variance + eps) * weight + bias. Agrees with torch.nn.LayerNorm.
void rb_layer_norm(const float *x, const float *weight, const float *bias, float *out, int64_t rows, int64_t columns,
                   float eps);

/// x[row][column] += bias[column].
void rb_add_bias(float *x, const float *bias, int64_t rows, int64_t columns);

/// x[i] += y[i].
void rb_add(float *x, const float *y, int64_t count);

/// x[row][column] += y[row][column] * scale[column].
void rb_add_scaled(float *x, const float *y, const float *scale, int64_t rows, int64_t columns);

/// out[row][column] = silu(gate) * up, where gate and up lie side by side: gate_up[row] = [gate, up], each `columns` wide.
void rb_silu_gate(const float *gate_up, float *out, int64_t rows, int64_t columns);
/// The same with the tanh approximation of GELU.
void rb_gelu_tanh_gate(const float *gate_up, float *out, int64_t rows, int64_t columns);

/// x[i] = x[i] * sigmoid(1.702 x[i]).
void rb_quick_gelu(float *x, int64_t count);
/// x[i] = x[i] * (1 + erf(x[i] / sqrt 2)) / 2.
void rb_gelu(float *x, int64_t count);
/// The tanh approximation of GELU.
void rb_gelu_tanh(float *x, int64_t count);
/// x[i] = x[i] * sigmoid(x[i]).
void rb_silu(float *x, int64_t count);

/// Rotates one row of `heads` heads in place by half-split RoPE ("rotate_half"); cosine and sine have head_size / 2 values.
void rb_rope(float *x, const float *cosine, const float *sine, int64_t heads, int64_t head_size);

/// out[i] = the float32 with bfloat16 bits in[i]; exact.
void rb_widen_bf16(const uint16_t *in, float *out, int64_t count);
/// out[i] = the float32 with float16 bits in[i]; exact.
void rb_widen_f16(const uint16_t *in, float *out, int64_t count);

/// Index of the largest value of each row; the lowest index where several are equal.
void rb_argmax(const float *x, int64_t rows, int64_t columns, int64_t stride, uint16_t *out);

/// Softmax regression over rows of classes: logits[row][column] becomes softmax(logits + bias) - targets in place, each
/// column's residuals are added to `sums`, and the cross-entropy of all rows is returned, where the targets of a row sum to one.
/// columns is a multiple of 16; a column that is no class has a bias so low that it weighs nothing (-1e30), and target 0.
double rb_softmax_residuals(float *logits, const float *bias, const float *targets, int64_t rows, int64_t columns,
                            double *sums);

/// 1 if all values are finite.
int rb_all_finite(const float *x, int64_t count);

/// How many query rows rb_attention takes at a time.
#define RB_ATTENTION_ROWS 16
/// Keys are visited in blocks of this many: one word of an edge mask.
#define RB_KEY_BLOCK 64

/// One head's attention for up to RB_ATTENTION_ROWS query rows.
///
/// queries[i], outputs[i]: head_size floats of row i. open[i]: key_words words, bit k of the row set when edge i -> k is
/// open; at least one must be. keys: [head_size][key_stride], transposed; values: [key][value_stride]; key_stride is
/// a multiple of RB_KEY_BLOCK and at least 64 * key_words, value_stride of 16; what lies beyond the last key must be finite.
/// scores: scratch of RB_ATTENTION_ROWS * 64 * key_words floats. Closed edges get exactly zero weight, and blocks in which all rows'
/// edges are closed are skipped, which changes no bit: 0 * finite + sum = sum.
void rb_attention(const float *const *queries, float *const *outputs, const uint64_t *const *open, int64_t rows,
                  const float *keys, int64_t key_stride, const float *values, int64_t value_stride, int64_t key_words,
                  int64_t head_size, float scale, float *scores);
