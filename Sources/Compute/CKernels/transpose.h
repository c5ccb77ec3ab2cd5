// 16 rows of 16 numbers become 16 columns.
#pragma once
#include "vector.h"

#define RB_SWAP(to, from, distance, ...)                                                                              \
  for (int i = 0; i < 16; i++)                                                                                        \
    if (!(i & (distance))) {                                                                                          \
      v16 a = from[i], b = from[i + (distance)];                                                                      \
      to[i] = __builtin_shufflevector(a, b, RB_LOW_##distance);                                                       \
      to[i + (distance)] = __builtin_shufflevector(a, b, RB_HIGH_##distance);                                         \
    }
#define RB_LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define RB_HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define RB_LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define RB_HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define RB_LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define RB_HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define RB_LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define RB_HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

// Works in place on v16 lines[16]; other[16] is scratch.
#define RB_TRANSPOSE(lines, other)                                                                                    \
  do {                                                                                                                \
    RB_SWAP(other, lines, 8)                                                                                          \
    RB_SWAP(lines, other, 4)                                                                                          \
    RB_SWAP(other, lines, 2)                                                                                          \
    RB_SWAP(lines, other, 1)                                                                                          \
  } while (0)
