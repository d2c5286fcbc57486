// Writes HEICs for tests, when libheif has an HEVC encoder here.
#pragma once

#include <libheif/heif.h>

#include "vision/photo_testing.h"

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __lsan_disable();
extern "C" void __lsan_enable();
#endif

namespace paw {

// The HEVC encoder, x265, leaks what it opens; that is none of our business.
struct LeaksOfEncoder {
#if defined(__SANITIZE_ADDRESS__)
  LeaksOfEncoder() { __lsan_disable(); }
  ~LeaksOfEncoder() { __lsan_enable(); }
#else
  LeaksOfEncoder() {}
  ~LeaksOfEncoder() {}
#endif
  LeaksOfEncoder(const LeaksOfEncoder&) = delete;
  LeaksOfEncoder& operator=(const LeaksOfEncoder&) = delete;
};

inline bool can_encode_heic() { return heif_have_encoder_for_format(heif_compression_HEVC) != 0; }

struct HeicSettings {
  int orientation = 1;  // as irot and imir boxes
  File exif, icc;       // written when not empty; EXIF without "Exif\0\0"
};

inline heif_error append_heic(heif_context*, const void* data, std::size_t size, void* file) {
  append(*static_cast<File*>(file), std::span(static_cast<const std::byte*>(data), size));
  return {heif_error_Ok, heif_suberror_Unspecified, "ok"};
}

// `samples`: [height][width][3, or 4 with straight alpha].
inline File encode_heic(std::int64_t width, std::int64_t height, const std::vector<std::uint8_t>& samples,
                        const HeicSettings& settings = {}) {
  const LeaksOfEncoder unreported;
  const bool alpha = samples.size() == static_cast<std::size_t>(4 * width * height);
  heif_context* context = heif_context_alloc();
  heif_encoder* encoder = nullptr;
  heif_context_get_encoder_for_format(context, heif_compression_HEVC, &encoder);
  heif_encoder_set_lossy_quality(encoder, 95);
  heif_encoder_set_parameter_string(encoder, "chroma", "444");
  heif_encoder_set_parameter_string(encoder, "preset", "ultrafast");
  heif_encoder_set_logging_level(encoder, 0);
  heif_image* image = nullptr;
  heif_image_create(static_cast<int>(width), static_cast<int>(height), heif_colorspace_RGB,
                    alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, &image);
  heif_image_add_plane(image, heif_channel_interleaved, static_cast<int>(width), static_cast<int>(height), 8);
  int stride = 0;
  std::uint8_t* plane = heif_image_get_plane(image, heif_channel_interleaved, &stride);
  const std::int64_t line = width * (alpha ? 4 : 3);
  for (std::int64_t y = 0; y < height; ++y) std::copy_n(samples.data() + y * line, line, plane + y * stride);
  if (!settings.icc.empty()) {
    heif_image_set_raw_color_profile(image, "prof", settings.icc.data(), settings.icc.size());
  }
  heif_encoding_options* options = heif_encoding_options_alloc();
  options->image_orientation = static_cast<heif_orientation>(settings.orientation);
  heif_image_handle* handle = nullptr;
  heif_context_encode_image(context, image, encoder, options, &handle);
  if (!settings.exif.empty()) {
    heif_context_add_exif_metadata(context, handle, settings.exif.data(), static_cast<int>(settings.exif.size()));
  }
  File file;
  heif_writer writer{.writer_api_version = 1, .write = append_heic};
  heif_context_write(context, &writer, &file);
  heif_image_handle_release(handle);
  heif_encoding_options_free(options);
  heif_image_release(image);
  heif_encoder_release(encoder);
  heif_context_free(context);
  return file;
}

inline File encode_heic(const Image& image, const HeicSettings& settings = {}) {
  return encode_heic(image.width, image.height, image.rgb, settings);
}

}  // namespace paw
