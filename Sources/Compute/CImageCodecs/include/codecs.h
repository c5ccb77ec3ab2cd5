// JPEG and PNG decoding and encoding, and Pillow's antialiased resize.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// A decoded image, [height][width][channels], 8 bits a channel; freed by rb_image_free. On failure pixels is null and
/// message says why.
typedef struct {
  int64_t width, height, channels;
  uint8_t *pixels;
  char message[160];
} rb_image;

/// Decodes a JPEG to RGB with libturbojpeg's default flags (bit-identical to Pillow, CMYK and YCCK included). 0 on success.
int rb_decode_jpeg(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out);

/// Decodes a PNG to RGB as Pillow's convert("RGB"): palettes expanded, alpha dropped, 16 bits cut to 8.
int rb_decode_png_rgb(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out);

/// Decodes a PNG of one channel to its raw values: palette indices or grey levels, never expanded.
int rb_decode_png_labels(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out);

/// Decodes a PNG that must be RGB of 8 bits, as label maps are that encode labels in colours.
int rb_decode_png_coloured_labels(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out);

/// Encodes RGB pixels, [height][width][3], as a PNG in memory of its own, which the caller frees. 0 on success, -1 without
/// memory.
int rb_encode_png(const uint8_t *pixels, int64_t width, int64_t height, uint8_t **out, size_t *size);

/// Encodes RGB pixels, [height][width][3], as a JPEG in memory of its own, which the caller frees. 0 on success, -1 without memory.
int rb_encode_jpeg(const uint8_t *pixels, int64_t width, int64_t height, int quality, uint8_t **out, size_t *size);

void rb_image_free(rb_image *image);

/// The filters of the resize.
typedef enum { RB_BILINEAR, RB_BICUBIC, RB_LANCZOS } rb_filter;

/// Pillow's (<= 12.3) antialiased resize of RGB pixels: horizontal pass first, 8-bit intermediate. 0 on success,
/// -1 without memory. Sizes must be positive.
int rb_resize(const uint8_t *in, int64_t width, int64_t height, uint8_t *out, int64_t out_width, int64_t out_height,
              rb_filter filter);
