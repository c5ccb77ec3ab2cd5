// 16 floats at a time, whatever the machine has: clang splits them into the registers of each build.
#pragma once
#include <stdint.h>
#include <string.h>

#define RB_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define RB_INLINE static inline __attribute__((always_inline))

typedef float v16 __attribute__((vector_size(64), aligned(4)));
typedef int32_t i16 __attribute__((vector_size(64), aligned(4)));

// A shuffle, not 0 + x, which the compiler has to compute: -0 would become 0.
#define RB_SPLAT(x) ((v16){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x})

// Macros, not functions: a 64-byte vector has no one way to be passed across builds.
#define RB_LOAD(p) (*(const v16 *)(p))
#define RB_STORE(p, v) (*(v16 *)(p) = (v))

// Where mask lanes are all ones a, else b.
#define RB_SELECT(mask, a, b) ((v16)(((i16)(a) & (mask)) | ((i16)(b) & ~(mask))))

// exp(x) for x in [-87, 88], clamped there; relative error below 2e-7 (Cephes' expf polynomial).
#define RB_EXP(result, argument)                                                                                      \
  do {                                                                                                                \
    v16 rb_x = (argument);                                                                                            \
    rb_x = RB_SELECT(rb_x < RB_SPLAT(-87.0f), RB_SPLAT(-87.0f), rb_x);                                                \
    rb_x = RB_SELECT(rb_x > RB_SPLAT(88.0f), RB_SPLAT(88.0f), rb_x);                                                  \
    const v16 rb_magic = RB_SPLAT(12582912.0f); /* adding 1.5 * 2^23 rounds to an integer */                          \
    v16 rb_shifted = rb_x * 1.44269504088896341f + rb_magic;                                                          \
    i16 rb_exponent = (i16)rb_shifted - (i16)rb_magic;                                                                \
    v16 rb_n = rb_shifted - rb_magic;                                                                                 \
    v16 rb_r = rb_x - rb_n * 0.693359375f;                                                                            \
    rb_r = rb_r - rb_n * -2.12194440e-4f;                                                                             \
    v16 rb_p = RB_SPLAT(1.9875691500e-4f);                                                                            \
    rb_p = rb_p * rb_r + 1.3981999507e-3f;                                                                            \
    rb_p = rb_p * rb_r + 8.3334519073e-3f;                                                                            \
    rb_p = rb_p * rb_r + 4.1665795894e-2f;                                                                            \
    rb_p = rb_p * rb_r + 1.6666665459e-1f;                                                                            \
    rb_p = rb_p * rb_r + 5.0000001201e-1f;                                                                            \
    rb_p = rb_p * (rb_r * rb_r) + rb_r + 1.0f;                                                                        \
    (result) = rb_p * (v16)((rb_exponent + 127) << 23);                                                               \
  } while (0)

// The sum of 16 lanes, in one fixed order.
RB_INLINE float rb_sum_lanes(const float lanes[16]) {
  float eight[8], four[4];
  for (int i = 0; i < 8; i++) eight[i] = lanes[i] + lanes[i + 8];
  for (int i = 0; i < 4; i++) four[i] = eight[i] + eight[i + 4];
  return (four[0] + four[2]) + (four[1] + four[3]);
}

// The float32 with the bfloat16 bits at `from`; exact.
RB_INLINE float rb_from_bf16(const void *from) {
  uint16_t half;
  memcpy(&half, from, sizeof half);
  uint32_t bits = (uint32_t)half << 16;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// The float32 with the float16 bits at `from`; exact. Works on the bits, so that it is the same without the CPU's conversion: a
// normal number gets its exponent rebiased by a multiplication with 2^112, which also normalises subnormal ones; infinities and
// NaNs get the widest exponent.
RB_INLINE float rb_from_f16(const void *from) {
  uint16_t half;
  memcpy(&half, from, sizeof half);
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, rest = (uint32_t)(half & 0x7fff) << 13;
  float value;
  memcpy(&value, &rest, sizeof rest);
  value *= 0x1p112f;
  uint32_t bits;
  memcpy(&bits, &value, sizeof value);
  if (rest >= 0x0f800000) bits = rest | 0x7f800000;
  bits |= sign;
  memcpy(&value, &bits, sizeof value);
  return value;
}
