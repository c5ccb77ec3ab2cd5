// Exact widening of 16-bit weights, and which build of the kernels runs.
#include "kernels.h"
#include "vector.h"

RB_CLONES void rb_widen_bf16(const uint16_t *in, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = rb_from_bf16(in + i);
}

RB_CLONES void rb_widen_f16(const uint16_t *in, float *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) out[i] = rb_from_f16(in + i);
}

int rb_kernel_level(void) {
  __builtin_cpu_init();
  if (__builtin_cpu_supports("x86-64-v4")) return 4;
  return __builtin_cpu_supports("x86-64-v3") ? 3 : 1;
}
