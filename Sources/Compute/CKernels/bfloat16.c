// Which unit there is, rounding, packing, and the walk over blocks of outputs and rows.
#include "bfloat16.h"
#include "bfloat16_blocks.h"
#include "vector.h"
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>

// The system keeps AMX' registers only for processes that ask (arch_prctl, feature 18).
static int has_amx(void) {
  unsigned eax, ebx, ecx, edx;
  if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return 0;
  int tiles = edx >> 24 & 1, bf16 = edx >> 22 & 1;
  return tiles && bf16 && syscall(SYS_arch_prctl, 0x1023, 18) == 0;
}

static int has_avx512(void) {
  unsigned eax, ebx, ecx, edx;
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("x86-64-v4") || !__get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx)) return 0;
  return eax >> 5 & 1;
}

int rb_bf16_has(int unit) {
  return unit == RB_BF16_AMX ? has_avx512() && has_amx() : unit == RB_BF16_AVX512 && has_avx512();
}

int rb_bf16_unit(void) {
  if (rb_bf16_has(RB_BF16_AMX)) return RB_BF16_AMX;
  return rb_bf16_has(RB_BF16_AVX512) ? RB_BF16_AVX512 : RB_BF16_NONE;
}

RB_INLINE uint16_t narrow(uint32_t bits) {
  uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return (bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded;
}

RB_CLONES void rb_narrow_bf16(const float *in, uint16_t *out, int64_t count) {
  for (int64_t i = 0; i < count; i++) {
    uint32_t bits;
    memcpy(&bits, in + i, sizeof bits);
    out[i] = narrow(bits);
  }
}

// A block of rows is a sequence of tiles [pair of columns][row][2], as AMX reads its right side.
RB_CLONES void rb_bf16_pack(const float *x, uint16_t *out, int64_t rows, int64_t columns) {
  uint16_t line[RB_BF16_INNER];
  for (int64_t block = 0; block < rows; block += RB_BF16_ROWS) {
    for (int64_t start = 0; start < columns; start += RB_BF16_INNER, out += RB_BF16_ROWS * RB_BF16_INNER) {
      int64_t count = columns - start < RB_BF16_INNER ? columns - start : RB_BF16_INNER;
      if (count < RB_BF16_INNER) memset(line, 0, sizeof line);
      for (int row = 0; row < RB_BF16_ROWS; row++) {
        const float *from = x + (block + row) * columns + start;
        for (int64_t i = 0; i < count; i++) {
          uint32_t bits;
          memcpy(&bits, from + i, sizeof bits);
          line[i] = narrow(bits);
        }
        for (int pair = 0; pair < RB_BF16_INNER / 2; pair++)
          memcpy(out + (pair * RB_BF16_ROWS + row) * 2, line + 2 * pair, 2 * sizeof *line);
      }
    }
  }
}

// As many outputs as fill half of a second-level cache stay there while all rows go by.
static int64_t outputs_at_once(int64_t inner) {
  int64_t count = (1 << 19) / inner / 32 * 32;
  return count < 32 ? 32 : count;
}

void rb_bf16_multiply(int unit, const uint16_t *weight, int64_t stride, int64_t outputs, int64_t inner,
                      const uint16_t *packed, int64_t rows, float *out, int64_t out_stride) {
  int64_t most = outputs_at_once(inner);
  for (int64_t first = 0; first < outputs; first += most) {
    int64_t count = outputs - first < most ? outputs - first : most;
    if (unit == RB_BF16_AMX)
      rb_bf16_amx(weight + first * stride, stride, count, inner, packed, rows, out + first, out_stride);
    else
      rb_bf16_avx512(weight + first * stride, stride, count, inner, packed, rows, out + first, out_stride);
  }
}
