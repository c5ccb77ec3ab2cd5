// Exact widening of 16-bit weights, and which build of the kernels runs.
#include "kernels.h"
#include "vector.h"

RB_CLONES void rb_widen_bf16(const uint16_t *in, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits = (uint32_t)in[i] << 16;
    memcpy(out + i, &bits, sizeof bits);
  }
}

// Works on the bits, so that it is the same without the CPU's conversion: a normal number gets its exponent rebiased by a
// multiplication with 2^112, which also normalises subnormal ones; infinities and NaNs get the widest exponent.
RB_CLONES void rb_widen_f16(const uint16_t *in, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t sign = (uint32_t)(in[i] & 0x8000) << 16, rest = (uint32_t)(in[i] & 0x7fff) << 13;
    float value;
    memcpy(&value, &rest, sizeof rest);
    value *= 0x1p112f;
    uint32_t bits;
    memcpy(&bits, &value, sizeof value);
    if (rest >= 0x0f800000) bits = rest | 0x7f800000;
    bits |= sign;
    memcpy(out + i, &bits, sizeof bits);
  }
}

int rb_kernel_level(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return 4;
  return __builtin_cpu_supports("x86-64-v3") ? 3 : 1;
}
