// The rows of softmax regression, sixteen classes at a time.
#include "kernels.h"
#include "vector.h"
#include <math.h>

RB_CLONES double rb_softmax_residuals(float *logits, const float *bias, const float *targets, int64_t rows,
                                      int64_t columns, double *sums) {
  double loss = 0;
  for (int64_t row = 0; row < rows; row++, logits += columns, targets += columns) {
    v16 tops = RB_SPLAT(-INFINITY);
    for (int64_t k = 0; k < columns; k += 16) {
      v16 v = RB_LOAD(logits + k) + RB_LOAD(bias + k);
      RB_STORE(logits + k, v);
      tops = RB_SELECT(v > tops, v, tops);
    }
    float lanes[16], top = -INFINITY;
    RB_STORE(lanes, tops);
    for (int i = 0; i < 16; i++) top = lanes[i] > top ? lanes[i] : top;

    v16 crossed = {}, totals = {};
    for (int64_t k = 0; k < columns; k += 16) {
      v16 below = RB_LOAD(logits + k) - top, e;
      RB_EXP(e, below);
      // Less than float32 can tell from nothing beside 1; subnormal numbers would slow the products down.
      e = RB_SELECT(below < RB_SPLAT(-80.0f), RB_SPLAT(0.0f), e);
      crossed += RB_LOAD(targets + k) * below;
      totals += e;
      RB_STORE(logits + k, e);
    }
    RB_STORE(lanes, totals);
    float total = rb_sum_lanes(lanes);
    RB_STORE(lanes, crossed);
    // The targets of a row sum to one.
    loss += log((double)total) - (double)rb_sum_lanes(lanes);
    float scale = 1.0f / total;
    for (int64_t k = 0; k < columns; k++) {
      logits[k] = logits[k] * scale - targets[k];
      sums[k] += (double)logits[k];
    }
  }
  return loss;
}
