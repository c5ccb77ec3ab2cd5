// libpng reports errors by longjmp, which Swift cannot live with: it stays inside this file.
#include "codecs.h"
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

static int fail(rb_image *out, const char *why) {
  snprintf(out->message, sizeof out->message, "%s", why);
  free(out->pixels);
  out->pixels = NULL;
  return -1;
}

static int reserve(rb_image *out, int64_t width, int64_t height, int64_t channels, int64_t most_pixels) {
  if (width <= 0 || height <= 0 || width > most_pixels / height) return fail(out, "it is empty or too large");
  out->width = width;
  out->height = height;
  out->channels = channels;
  out->pixels = malloc((size_t)(width * height * channels));
  return out->pixels ? 0 : fail(out, "there is not enough memory for it");
}

/// In place. Pillow takes every CMYK JPEG as Adobe writes them, inverted: what is stored is 255 - ink.
static void cmyk_to_rgb(rb_image *image) {
  int64_t pixels = image->width * image->height;
  for (int64_t i = 0; i < pixels; i++) {
    const uint8_t *from = image->pixels + 4 * i;
    unsigned black = from[3], ink[3] = {255u - from[0], 255u - from[1], 255u - from[2]};
    for (int c = 0; c < 3; c++) {
      // ink * black / 255, rounded.
      unsigned product = ink[c] * black + 128, share = (product + (product >> 8)) >> 8;
      image->pixels[3 * i + c] = (uint8_t)(share > black ? 0 : black - share);
    }
  }
  image->channels = 3;
}

int rb_decode_jpeg(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out) {
  memset(out, 0, sizeof *out);
  tjhandle decoder = tjInitDecompress();
  if (!decoder) return fail(out, "libturbojpeg cannot be started");
  int width, height, subsampling, colors;
  int result = tjDecompressHeader3(decoder, data, size, &width, &height, &subsampling, &colors);
  if (result != 0) {
    fail(out, tjGetErrorStr2(decoder));
  } else {
    int is_cmyk = colors == TJCS_CMYK || colors == TJCS_YCCK;
    result = reserve(out, width, height, is_cmyk ? 4 : 3, most_pixels);
    if (result == 0) {
      result = tjDecompress2(decoder, data, size, out->pixels, width, 0, height, is_cmyk ? TJPF_CMYK : TJPF_RGB, 0);
      if (result != 0) fail(out, tjGetErrorStr2(decoder));
    }
    if (result == 0 && is_cmyk) cmyk_to_rgb(out);
  }
  tjDestroy(decoder);
  return result == 0 ? 0 : -1;
}

struct source {
  const uint8_t *data;
  size_t left;
  rb_image *out;
};

static void read_bytes(png_structp png, png_bytep into, size_t count) {
  struct source *source = png_get_io_ptr(png);
  if (count > source->left) png_error(png, "it is cut off");
  memcpy(into, source->data, count);
  source->data += count;
  source->left -= count;
}

static void on_error(png_structp png, png_const_charp why) {
  struct source *source = png_get_error_ptr(png);
  snprintf(source->out->message, sizeof source->out->message, "%s", why);
  longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp why) {
  (void)png;
  (void)why;
}

/// What a PNG is read for: a picture, label maps of one channel, label maps in colours.
enum purpose { PICTURE, INDICES, COLOURED_LABELS };

static int decode_png(const uint8_t *data, size_t size, int64_t most_pixels, enum purpose purpose, rb_image *out) {
  memset(out, 0, sizeof *out);
  struct source source = {data, size, out};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  // Changed between setjmp and longjmp, so they must live in memory.
  png_bytep *volatile rows = NULL;
  volatile int result = -1;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    return fail(out, "there is not enough memory for it");
  }
  if (setjmp(png_jmpbuf(png)) == 0) {
    png_set_read_fn(png, &source, read_bytes);
    png_set_user_limits(png, 100000, 100000);
    png_read_info(png, info);
    int depth = png_get_bit_depth(png, info), color = png_get_color_type(png, info);
    if (purpose == COLOURED_LABELS) {
      if (depth != 8 || color != PNG_COLOR_TYPE_RGB)
        png_error(png, "it is not RGB with 8 bits a channel, as this data set's label maps are");
    } else if (purpose == INDICES) {
      if (depth > 8)
        png_error(png, "it has 16 bits a pixel; save the raw class indices as an 8-bit grey or palette PNG");
      if (color != PNG_COLOR_TYPE_PALETTE && color != PNG_COLOR_TYPE_GRAY)
        png_error(png, "it holds colours; save the raw class indices as an 8-bit grey or palette PNG");
      png_set_packing(png);
    } else {
      if (depth == 16 && (color & PNG_COLOR_MASK_COLOR) == 0)
        png_error(png, "it is grey with 16 bits, which this version does not read");
      if (depth == 16) png_set_strip_16(png);
      if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
      if ((color & PNG_COLOR_MASK_COLOR) == 0) {
        if (depth < 8) png_set_expand_gray_1_2_4_to_8(png);
        png_set_gray_to_rgb(png);
      }
      png_set_strip_alpha(png);
    }
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    int64_t width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    int64_t channels = purpose == INDICES ? 1 : 3;
    if ((int64_t)png_get_rowbytes(png, info) != width * channels) png_error(png, "its pixels have an unknown form");
    if (reserve(out, width, height, channels, most_pixels) == 0) {
      rows = malloc((size_t)height * sizeof *rows);
      if (!rows) png_error(png, "there is not enough memory for it");
      for (int64_t y = 0; y < height; y++) rows[y] = out->pixels + y * width * channels;
      png_read_image(png, rows);
      png_read_end(png, NULL);
      result = 0;
    }
  }
  free(rows);
  png_destroy_read_struct(&png, &info, NULL);
  if (result != 0) {
    free(out->pixels);
    out->pixels = NULL;
  }
  return result;
}

int rb_decode_png_rgb(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out) {
  return decode_png(data, size, most_pixels, PICTURE, out);
}

int rb_decode_png_labels(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out) {
  return decode_png(data, size, most_pixels, INDICES, out);
}

int rb_decode_png_coloured_labels(const uint8_t *data, size_t size, int64_t most_pixels, rb_image *out) {
  return decode_png(data, size, most_pixels, COLOURED_LABELS, out);
}

int rb_encode_png(const uint8_t *pixels, int64_t width, int64_t height, uint8_t **out, size_t *size) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = (png_uint_32)width;
  image.height = (png_uint_32)height;
  image.format = PNG_FORMAT_RGB;
  // The simplified interface reports errors by its result and never jumps.
  *size = PNG_IMAGE_PNG_SIZE_MAX(image);
  *out = malloc(*size);
  if (*out && png_image_write_to_memory(&image, *out, size, 0, pixels, 0, NULL)) return 0;
  free(*out);
  *out = NULL;
  return -1;
}

int rb_encode_jpeg(const uint8_t *pixels, int64_t width, int64_t height, int quality, uint8_t **out, size_t *size) {
  tjhandle encoder = tjInitCompress();
  unsigned long bytes = tjBufSize((int)width, (int)height, TJSAMP_420);
  int result = -1;
  *out = encoder ? malloc(bytes) : NULL;
  if (*out) {
    result = tjCompress2(encoder, pixels, (int)width, 0, (int)height, TJPF_RGB, out, &bytes, TJSAMP_420, quality, TJFLAG_NOREALLOC);
  }
  if (encoder) tjDestroy(encoder);
  if (result != 0) {
    free(*out);
    *out = NULL;
  }
  *size = bytes;
  return result == 0 ? 0 : -1;
}

void rb_image_free(rb_image *image) {
  free(image->pixels);
  image->pixels = NULL;
}
