// Attention of a few query rows of one head: scores, masked softmax, weighted sum of values.
#include "kernels.h"
#include "vector.h"
#include <math.h>

// A block of keys or values stays in the first cache while all groups of rows of a batch go by; a group's sums fill the registers.
enum { BATCH = RB_ATTENTION_ROWS, ROWS = 4, BLOCK = RB_KEY_BLOCK, LANES = 16, VECTORS = BLOCK / LANES };

static const i16 lane_bit = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};

// All ones in the lanes whose edge is open: lane i is bit (16 * quarter + i) of the word.
#define OPEN_LANES(word, quarter) ((((i16){} + (int32_t)(((word) >> (16 * (quarter))) & 0xffff)) & lane_bit) != 0)

// The loops over rows and vectors must unroll completely, so that accumulators live in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

// Scores of one block of keys for a group of rows, `count` vectors of keys at a time from vector `first` on, and each row's maximum.
RB_INLINE void score_block(const float *const *q, const uint64_t *const *mask, int64_t word, const float *keys,
                           int64_t key_stride, int64_t head_size, float scale, int first, int count, float *scores,
                           int64_t width, v16 *highest) {
  v16 sum[ROWS][VECTORS];
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int v = 0; v < count; v++) sum[r][v] = (v16){};
  }
  const float *column = keys + word * BLOCK + first * LANES;
  for (int64_t d = 0; d < head_size; d++, column += key_stride) {
    v16 key[VECTORS];
    UNROLL for (int v = 0; v < count; v++) key[v] = RB_LOAD(column + v * LANES);
    UNROLL for (int r = 0; r < ROWS; r++) {
      v16 query = RB_SPLAT(q[r][d]);
      UNROLL for (int v = 0; v < count; v++) sum[r][v] += query * key[v];
    }
  }
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int v = 0; v < count; v++) {
      v16 score = RB_SELECT(OPEN_LANES(mask[r][word], first + v), sum[r][v] * scale, RB_SPLAT(-INFINITY));
      RB_STORE(scores + r * width + word * BLOCK + (first + v) * LANES, score);
      highest[r] = RB_SELECT(score > highest[r], score, highest[r]);
    }
  }
}

// The edges of a group of rows that are open to any of them, in one block of keys.
RB_INLINE uint64_t open_to_any(const uint64_t *const *mask, int64_t word) {
  return mask[0][word] | mask[1][word] | mask[2][word] | mask[3][word];
}

// Adds one block's values, weighted, key after key: `count` vectors of dimensions for a group of rows. `sums` is [row][vector].
RB_INLINE void add_values(uint64_t any, int64_t word, const float *values, int64_t value_stride, const float *scores,
                          int64_t width, int count, v16 (*sums)[VECTORS]) {
  v16 sum[ROWS][VECTORS];
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int v = 0; v < count; v++) sum[r][v] = sums[r][v];
  }
  // Keys behind the last open one of the block have weight zero for every row.
  int64_t first = word * BLOCK, end = first + (64 - __builtin_clzll(any));
  for (int64_t key = first; key < end; key++) {
    v16 part[VECTORS];
    UNROLL for (int v = 0; v < count; v++) part[v] = RB_LOAD(values + key * value_stride + v * LANES);
    UNROLL for (int r = 0; r < ROWS; r++) {
      v16 weight = RB_SPLAT(scores[r * width + key]);
      UNROLL for (int v = 0; v < count; v++) sum[r][v] += weight * part[v];
    }
  }
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int v = 0; v < count; v++) sums[r][v] = sum[r][v];
  }
}

// Scores become weights exp(score - max), zero where closed; returns one over their sum.
RB_INLINE float weigh(const uint64_t *const *group, const uint64_t *mask, int64_t key_words, const v16 *highest,
                      float *scores) {
  float lanes[LANES];
  RB_STORE(lanes, *highest);
  float top = lanes[0];
  for (int i = 1; i < LANES; i++) top = lanes[i] > top ? lanes[i] : top;
  v16 total = {};
  for (int64_t word = 0; word < key_words; word++) {
    if (open_to_any(group, word) == 0) continue;
    for (int v = 0; v < VECTORS; v++) {
      float *place = scores + word * BLOCK + v * LANES;
      v16 weight;
      RB_EXP(weight, RB_LOAD(place) - top);
      weight = RB_SELECT(OPEN_LANES(mask[word], v), weight, (v16){});
      RB_STORE(place, weight);
      total += weight;
    }
  }
  RB_STORE(lanes, total);
  return 1.0f / rb_sum_lanes(lanes);
}

RB_CLONES void rb_attention(const float *const *queries, float *const *outputs, const uint64_t *const *open,
                            int64_t rows, const float *keys, int64_t key_stride, const float *values,
                            int64_t value_stride, int64_t key_words, int64_t head_size, float scale, float *scores) {
  // A short group repeats the last row, so that every row runs through the same instructions.
  const float *q[BATCH];
  const uint64_t *mask[BATCH];
  const int count = (int)(rows + ROWS - 1) / ROWS * ROWS;
  for (int r = 0; r < count; r++) {
    int64_t source = r < rows ? r : rows - 1;
    q[r] = queries[source];
    mask[r] = open[source];
  }
  const int64_t width = key_words * BLOCK;
  // Four rows by four vectors of accumulators fill AVX-512's registers; in AVX2's there is room for one vector. Each sum
  // has the same terms in the same order either way.
  const int is_wide = rb_kernel_level() == 4;

  // Scores, and each row's maximum over its open keys.
  v16 highest[BATCH];
  for (int r = 0; r < count; r++) highest[r] = RB_SPLAT(-INFINITY);
  for (int64_t word = 0; word < key_words; word++) {
    for (int g = 0; g < count; g += ROWS) {
      if (open_to_any(mask + g, word) == 0) continue;
      float *place = scores + g * width;
      if (is_wide) {
        score_block(q + g, mask + g, word, keys, key_stride, head_size, scale, 0, VECTORS, place, width, highest + g);
      } else {
        for (int v = 0; v < VECTORS; v++)
          score_block(q + g, mask + g, word, keys, key_stride, head_size, scale, v, 1, place, width, highest + g);
      }
    }
  }

  float inverse[BATCH];
  for (int r = 0; r < count; r++)
    inverse[r] = weigh(mask + r / ROWS * ROWS, mask[r], key_words, highest + r, scores + r * width);

  // Weighted sums of values, up to 64 dimensions at a time.
  for (int64_t start = 0; start < head_size;) {
    v16 sums[BATCH][VECTORS];
    const int vectors = is_wide && head_size - start > BLOCK - LANES ? VECTORS : 1;
    for (int r = 0; r < count; r++) {
      for (int v = 0; v < vectors; v++) sums[r][v] = (v16){};
    }
    for (int64_t word = 0; word < key_words; word++) {
      for (int g = 0; g < count; g += ROWS) {
        const uint64_t any = open_to_any(mask + g, word);
        if (any == 0) continue;
        if (vectors == VECTORS)
          add_values(any, word, values + start, value_stride, scores + g * width, width, VECTORS, sums + g);
        else
          add_values(any, word, values + start, value_stride, scores + g * width, width, 1, sums + g);
      }
    }
    int64_t left = head_size - start < vectors * LANES ? head_size - start : vectors * LANES;
    for (int64_t r = 0; r < rows; r++) {
      float out[BLOCK];
      for (int v = 0; v < vectors; v++) RB_STORE(out + v * LANES, sums[r][v] * inverse[r]);
      memcpy(outputs[r] + start, out, (size_t)left * sizeof(float));
    }
    start += left;
  }
}
