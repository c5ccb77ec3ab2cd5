// Attention of a few query rows of one head: scores, masked softmax, weighted sum of values.
#include "kernels.h"
#include "vector.h"
#include <math.h>

enum { ROWS = RB_ATTENTION_ROWS, BLOCK = RB_KEY_BLOCK, LANES = 16, VECTORS = BLOCK / LANES };

static const i16 lane_bit = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768};

// All ones in the lanes whose edge is open: lane i is bit (16 * quarter + i) of the word.
#define OPEN_LANES(word, quarter) ((((i16){} + (int32_t)(((word) >> (16 * (quarter))) & 0xffff)) & lane_bit) != 0)

// The loops over rows and vectors must unroll completely, so that accumulators live in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

// Scores of one block of keys for all rows, `count` vectors of keys at a time from vector `first` on, and each row's maximum.
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

// Weighted sums of `count` vectors of value dimensions for all rows, key after key. `sums` is [row][vector].
RB_INLINE void sum_values(const uint64_t *const *mask, int64_t key_words, const float *values, int64_t value_stride,
                          const float *scores, int64_t width, int count, v16 sums[ROWS][VECTORS]) {
  UNROLL for (int r = 0; r < ROWS; r++) {
    UNROLL for (int v = 0; v < count; v++) sums[r][v] = (v16){};
  }
  for (int64_t word = 0; word < key_words; word++) {
    uint64_t any = mask[0][word] | mask[1][word] | mask[2][word] | mask[3][word];
    if (any == 0) continue;
    // Keys behind the last open one of the block have weight zero for every row.
    int64_t first = word * BLOCK, end = first + (64 - __builtin_clzll(any));
    for (int64_t key = first; key < end; key++) {
      v16 part[VECTORS];
      UNROLL for (int v = 0; v < count; v++) part[v] = RB_LOAD(values + key * value_stride + v * LANES);
      UNROLL for (int r = 0; r < ROWS; r++) {
        v16 weight = RB_SPLAT(scores[r * width + key]);
        UNROLL for (int v = 0; v < count; v++) sums[r][v] += weight * part[v];
      }
    }
  }
}

RB_CLONES void rb_attention(const float *const *queries, float *const *outputs, const uint64_t *const *open,
                            int64_t rows, const float *keys, int64_t key_stride, const float *values,
                            int64_t value_stride, int64_t key_words, int64_t head_size, float scale, float *scores) {
  // A short batch repeats its last row, so that every row runs through the same instructions.
  const float *q[ROWS];
  const uint64_t *mask[ROWS];
  for (int r = 0; r < ROWS; r++) {
    int64_t source = r < rows ? r : rows - 1;
    q[r] = queries[source];
    mask[r] = open[source];
  }
  const int64_t width = key_words * BLOCK;
  // Four rows by four vectors of accumulators fill AVX-512's registers; in AVX2's there is room for one vector. Each sum
  // has the same terms in the same order either way.
  const int is_wide = rb_kernel_level() == 4;

  // Scores, and each row's maximum over its open keys.
  v16 highest[ROWS];
  UNROLL for (int r = 0; r < ROWS; r++) highest[r] = RB_SPLAT(-INFINITY);
  for (int64_t word = 0; word < key_words; word++) {
    if ((mask[0][word] | mask[1][word] | mask[2][word] | mask[3][word]) == 0) continue;
    if (is_wide) {
      score_block(q, mask, word, keys, key_stride, head_size, scale, 0, VECTORS, scores, width, highest);
    } else {
      for (int v = 0; v < VECTORS; v++) {
        score_block(q, mask, word, keys, key_stride, head_size, scale, v, 1, scores, width, highest);
      }
    }
  }

  // Weights exp(score - max), zero where closed, and their sums.
  float inverse[ROWS];
  UNROLL for (int r = 0; r < ROWS; r++) {
    float lanes[LANES];
    RB_STORE(lanes, highest[r]);
    float top = lanes[0];
    for (int i = 1; i < LANES; i++) top = lanes[i] > top ? lanes[i] : top;
    v16 total = {};
    for (int64_t word = 0; word < key_words; word++) {
      if ((mask[0][word] | mask[1][word] | mask[2][word] | mask[3][word]) == 0) continue;
      for (int v = 0; v < VECTORS; v++) {
        float *place = scores + r * width + word * BLOCK + v * LANES;
        v16 weight;
        RB_EXP(weight, RB_LOAD(place) - top);
        weight = RB_SELECT(OPEN_LANES(mask[r][word], v), weight, (v16){});
        RB_STORE(place, weight);
        total += weight;
      }
    }
    RB_STORE(lanes, total);
    inverse[r] = 1.0f / rb_sum_lanes(lanes);
  }

  // Weighted sums of values, up to 64 dimensions at a time.
  for (int64_t start = 0; start < head_size;) {
    v16 sums[ROWS][VECTORS];
    const int count = is_wide && head_size - start > BLOCK - LANES ? VECTORS : 1;
    if (count == VECTORS) {
      sum_values(mask, key_words, values + start, value_stride, scores, width, VECTORS, sums);
    } else {
      sum_values(mask, key_words, values + start, value_stride, scores, width, 1, sums);
    }
    int64_t left = head_size - start < count * LANES ? head_size - start : count * LANES;
    for (int64_t r = 0; r < rows; r++) {
      float out[BLOCK];
      for (int v = 0; v < count; v++) RB_STORE(out + v * LANES, sums[r][v] * inverse[r]);
      memcpy(outputs[r] + start, out, (size_t)left * sizeof(float));
    }
    start += left;
  }
}
