// Activations, sixteen values at a time. A tail is padded to sixteen, so that it runs through the same instructions.
#include "kernels.h"
#include "vector.h"

// Applies `body` (which reads `v` and assigns it) to every 16 values of x.
#define EACH(x, count, body)                                                                                          \
  do {                                                                                                                \
    int64_t i = 0;                                                                                                    \
    for (; i + 16 <= (count); i += 16) {                                                                              \
      v16 v = RB_LOAD((x) + i);                                                                                       \
      body;                                                                                                           \
      RB_STORE((x) + i, v);                                                                                           \
    }                                                                                                                 \
    if (i < (count)) {                                                                                                \
      float tail[16] = {0};                                                                                           \
      memcpy(tail, (x) + i, (size_t)((count) - i) * sizeof(float));                                                   \
      v16 v = RB_LOAD(tail);                                                                                          \
      body;                                                                                                           \
      RB_STORE(tail, v);                                                                                              \
      memcpy((x) + i, tail, (size_t)((count) - i) * sizeof(float));                                                   \
    }                                                                                                                 \
  } while (0)

// v = v * sigmoid(factor * v)
#define SWISH(factor)                                                                                                 \
  do {                                                                                                                \
    v16 e;                                                                                                            \
    RB_EXP(e, v * (-(factor)));                                                                                       \
    v = v / (e + 1.0f);                                                                                               \
  } while (0)

RB_CLONES void rb_silu(float *x, int64_t count) { EACH(x, count, SWISH(1.0f)); }

RB_CLONES void rb_quick_gelu(float *x, int64_t count) { EACH(x, count, SWISH(1.702f)); }

// tanh(u) = 1 - 2 / (exp(2u) + 1), with u = sqrt(2/pi) (v + 0.044715 v^3)
#define GELU_TANH                                                                                                     \
  do {                                                                                                                \
    v16 u = (v + v * v * v * 0.044715f) * 0.7978845608028654f;                                                        \
    v16 e;                                                                                                            \
    RB_EXP(e, u * 2.0f);                                                                                              \
    v = v * 0.5f * (2.0f - 2.0f / (e + 1.0f));                                                                        \
  } while (0)

RB_CLONES void rb_gelu_tanh(float *x, int64_t count) { EACH(x, count, GELU_TANH); }

// erf by a rational function of x^2 on [-4, 4] (absolute error below 3e-7); beyond, it is +-1 in float32.
RB_CLONES void rb_gelu(float *x, int64_t count) {
  EACH(x, count, {
    v16 u = v * 0.70710678118654752f;
    u = RB_SELECT(u < RB_SPLAT(-4.0f), RB_SPLAT(-4.0f), u);
    u = RB_SELECT(u > RB_SPLAT(4.0f), RB_SPLAT(4.0f), u);
    v16 s = u * u;
    v16 p = RB_SPLAT(-2.72614225801306e-10f);
    p = p * s + 2.77068142495902e-08f;
    p = p * s + -2.10102402082508e-06f;
    p = p * s + -5.69250639462346e-05f;
    p = p * s + -7.34990630326855e-04f;
    p = p * s + -2.95459980854025e-03f;
    p = p * s + -1.60960333262415e-02f;
    v16 d = RB_SPLAT(-1.45660718464996e-05f);
    d = d * s + -2.13374055278905e-04f;
    d = d * s + -1.68282697438203e-03f;
    d = d * s + -7.37332916720468e-03f;
    d = d * s + -1.42647390514189e-02f;
    v = v * 0.5f * (1.0f + u * p / d);
  });
}

// out = body(gate) * up for every row of [gate, up].
#define GATE(gate_up, out, rows, columns, body)                                                                       \
  for (int64_t row = 0; row < (rows); row++, (gate_up) += 2 * (columns), (out) += (columns)) {                        \
    memcpy((out), (gate_up), (size_t)(columns) * sizeof(float));                                                      \
    EACH(out, columns, body);                                                                                         \
    for (int64_t j = 0; j < (columns); j++) (out)[j] *= (gate_up)[(columns) + j];                                     \
  }

RB_CLONES void rb_silu_gate(const float *gate_up, float *out, int64_t rows, int64_t columns) {
  GATE(gate_up, out, rows, columns, SWISH(1.0f));
}

RB_CLONES void rb_gelu_tanh_gate(const float *gate_up, float *out, int64_t rows, int64_t columns) {
  GATE(gate_up, out, rows, columns, GELU_TANH);
}
