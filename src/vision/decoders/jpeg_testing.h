// Writes JPEGs for tests.
#pragma once

// jpeglib.h wants these first.
#include <cstddef>
#include <cstdio>
#include <cstdlib>
// clang-format off
#include <jpeglib.h>
// clang-format on

#include "vision/photo_testing.h"

namespace paw {

struct JpegSettings {
  J_COLOR_SPACE stored = JCS_YCbCr;  // or JCS_RGB, JCS_GRAYSCALE, JCS_CMYK, JCS_YCCK
  int quality = 95;
  bool progressive = false;
  bool subsampled = false;  // 4:2:0
  bool arithmetic = false;
  bool adobe_marker = true;       // of CMYK and YCCK
  unsigned restart_interval = 0;  // blocks
  File exif, icc;                 // written when not empty
};

// `samples`: [height][width][1, 3 or 4], as stored: gray, RGB or CMYK.
inline File encode_jpeg(std::int64_t width, std::int64_t height, const std::vector<std::uint8_t>& samples,
                        const JpegSettings& settings = {}) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char* memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = static_cast<int>(samples.size() / static_cast<std::size_t>(width * height));
  info.in_color_space = info.input_components == 1 ? JCS_GRAYSCALE : info.input_components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_colorspace(&info, settings.stored);
  jpeg_set_quality(&info, settings.quality, TRUE);
  if (!settings.subsampled) info.comp_info[0].h_samp_factor = info.comp_info[0].v_samp_factor = 1;
  if (info.input_components == 4) {
    info.write_Adobe_marker = settings.adobe_marker ? TRUE : FALSE;
    info.comp_info[3].h_samp_factor = info.comp_info[3].v_samp_factor = info.comp_info[0].h_samp_factor;
  }
  if (settings.progressive) jpeg_simple_progression(&info);
  info.arith_code = settings.arithmetic ? TRUE : FALSE;
  info.restart_interval = settings.restart_interval;
  jpeg_start_compress(&info, TRUE);
  if (!settings.exif.empty()) {
    jpeg_write_marker(&info, JPEG_APP0 + 1, reinterpret_cast<const JOCTET*>(settings.exif.data()),
                      static_cast<unsigned>(settings.exif.size()));
  }
  if (!settings.icc.empty()) {
    jpeg_write_icc_profile(&info, reinterpret_cast<const JOCTET*>(settings.icc.data()),
                           static_cast<unsigned>(settings.icc.size()));
  }
  const std::size_t stride = static_cast<std::size_t>(width) * static_cast<std::size_t>(info.input_components);
  while (info.next_scanline < info.image_height) {
    auto* line = const_cast<JSAMPROW>(samples.data() + info.next_scanline * stride);
    jpeg_write_scanlines(&info, &line, 1);
  }
  jpeg_finish_compress(&info);
  const auto* data = reinterpret_cast<const std::byte*>(memory);
  File file(data, data + size);
  std::free(memory);
  jpeg_destroy_compress(&info);
  return file;
}

inline File encode_jpeg(const Image& image, const JpegSettings& settings = {}) {
  return encode_jpeg(image.width, image.height, image.rgb, settings);
}

}  // namespace paw
