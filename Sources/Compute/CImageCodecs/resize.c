// Pillow's arithmetic (src/libImaging/Resample.c): weights in double, normalised, then 22-bit fixed point.
#include "codecs.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PRECISION = 22 };

static double bicubic(double x) {
  const double a = -0.5;
  x = fabs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

static double bilinear(double x) {
  x = fabs(x);
  return x < 1.0 ? 1.0 - x : 0.0;
}

static double sinc(double x) {
  x *= M_PI;
  return x == 0.0 ? 1.0 : sin(x) / x;
}

static double lanczos(double x) { return -3.0 <= x && x < 3.0 ? sinc(x) * sinc(x / 3) : 0.0; }

static const struct {
  double (*kernel)(double);
  double support;
} filters[] = {[RB_BILINEAR] = {bilinear, 1.0}, [RB_BICUBIC] = {bicubic, 2.0}, [RB_LANCZOS] = {lanczos, 3.0}};

// The taps of one axis: for each output, where its inputs start, how many there are, and their weights.
typedef struct {
  int64_t taps, *first, *count;
  int32_t *weights;
} axis;

static void release(axis *a) {
  free(a->first);
  free(a->count);
  free(a->weights);
}

static int prepare(axis *a, int64_t in, int64_t out, rb_filter filter) {
  double scale = (double)in / (double)out, filter_scale = scale < 1.0 ? 1.0 : scale;
  double support = filters[filter].support * filter_scale;
  a->taps = (int64_t)ceil(support) * 2 + 1;
  a->first = malloc((size_t)out * sizeof *a->first);
  a->count = malloc((size_t)out * sizeof *a->count);
  a->weights = calloc((size_t)(out * a->taps), sizeof *a->weights);
  double *exact = malloc((size_t)a->taps * sizeof *exact);
  if (!a->first || !a->count || !a->weights || !exact) {
    free(exact);
    return -1;
  }
  for (int64_t x = 0; x < out; x++) {
    double center = ((double)x + 0.5) * scale, sum = 0.0;
    int64_t low = (int64_t)(center - support + 0.5), high = (int64_t)(center + support + 0.5);
    if (low < 0) low = 0;
    if (high > in) high = in;
    int64_t count = high - low;
    for (int64_t i = 0; i < count; i++) {
      exact[i] = filters[filter].kernel(((double)(i + low) - center + 0.5) * (1.0 / filter_scale));
      sum += exact[i];
    }
    for (int64_t i = 0; i < count; i++) {
      double weight = sum != 0.0 ? exact[i] / sum : exact[i];
      a->weights[x * a->taps + i] = (int32_t)((weight < 0 ? -0.5 : 0.5) + weight * (1 << PRECISION));
    }
    a->first[x] = low;
    a->count[x] = count;
  }
  free(exact);
  return 0;
}

// Sums are of whole numbers, so that every build computes the same ones.
#define CLONES __attribute__((target_clones("avx2", "default")))

typedef uint8_t byte4 __attribute__((vector_size(4), aligned(1)));
typedef int32_t int4 __attribute__((vector_size(16)));

// A pixel's colours are summed together. The fourth lane is read from the next pixel's red, or from the byte behind the row,
// and written to where the next pixel's red will be, or to the byte behind the image: both buffers have one more.
CLONES static void resize_rows(const uint8_t *in, int64_t width, int64_t height, uint8_t *out, int64_t out_width,
                               const axis *a, uint8_t *row) {
  for (int64_t y = 0; y < height; y++, in += width * 3, out += out_width * 3) {
    memcpy(row, in, (size_t)(width * 3));
    for (int64_t x = 0; x < out_width; x++) {
      const int32_t *weight = a->weights + x * a->taps;
      const uint8_t *pixel = row + a->first[x] * 3;
      int4 sum = (int4){} + (1 << (PRECISION - 1));
      for (int64_t i = 0; i < a->count[x]; i++) {
        sum += __builtin_convertvector(*(const byte4 *)(pixel + i * 3), int4) * weight[i];
      }
      sum >>= PRECISION;
      sum &= sum > 0;
      sum = (sum & (sum < 255)) | (255 & (sum >= 255));
      *(byte4 *)(out + x * 3) = __builtin_convertvector(sum, byte4);
    }
  }
}

CLONES static void resize_columns(const uint8_t *in, int64_t width, uint8_t *out, int64_t out_height, const axis *a,
                                  int32_t *sums) {
  int64_t stride = width * 3;
  for (int64_t y = 0; y < out_height; y++, out += stride) {
    for (int64_t x = 0; x < stride; x++) sums[x] = 1 << (PRECISION - 1);
    for (int64_t i = 0; i < a->count[y]; i++) {
      const uint8_t *row = in + (a->first[y] + i) * stride;
      int32_t weight = a->weights[y * a->taps + i];
      for (int64_t x = 0; x < stride; x++) sums[x] += row[x] * weight;
    }
    for (int64_t x = 0; x < stride; x++) {
      int32_t sum = sums[x] >> PRECISION;
      out[x] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
  }
}

int rb_resize(const uint8_t *in, int64_t width, int64_t height, uint8_t *out, int64_t out_width, int64_t out_height,
              rb_filter filter) {
  axis horizontal = {0}, vertical = {0};
  uint8_t *middle = malloc((size_t)(out_width * height * 3 + 1));
  int32_t *sums = malloc((size_t)(out_width * 3) * sizeof *sums);
  uint8_t *row = calloc((size_t)(width * 3 + 1), 1);
  int result = -1;
  if (middle && sums && row && prepare(&horizontal, width, out_width, filter) == 0 &&
      prepare(&vertical, height, out_height, filter) == 0) {
    // With equal extents the weights are exactly one tap of 1, so the pass copies, as Pillow's skipping it does.
    resize_rows(in, width, height, middle, out_width, &horizontal, row);
    resize_columns(middle, out_width, out, out_height, &vertical, sums);
    result = 0;
  }
  release(&horizontal);
  release(&vertical);
  free(middle);
  free(sums);
  free(row);
  return result;
}
