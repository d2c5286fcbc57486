// Writes PNGs for tests.
#pragma once

#include <png.h>

#include "vision/photo_testing.h"

namespace paw {

struct PngSettings {
  int color_type = PNG_COLOR_TYPE_RGB;
  int bits = 8;
  bool interlaced = false;
  std::vector<png_color> palette;
  std::vector<std::uint8_t> palette_alpha;
  bool has_transparent = false;
  png_color_16 transparent{};  // tRNS of gray and RGB
  File exif, icc;              // written when not empty; EXIF behind the pixels when `late_exif`
  bool late_exif = false;
};

// `rows`: packed as PNG stores them, most significant byte first, each row filling whole bytes.
inline File encode_png(std::int64_t width, std::int64_t height, const std::vector<std::uint8_t>& rows,
                       const PngSettings& settings = {}) {
  File file;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
  png_infop info = png_create_info_struct(png);
  png_set_write_fn(
      png, &file,
      [](png_structp at, png_bytep data, std::size_t size) {
        append(*static_cast<File*>(png_get_io_ptr(at)), std::as_bytes(std::span(data, size)));
      },
      [](png_structp) {});
  png_set_IHDR(png, info, static_cast<png_uint_32>(width), static_cast<png_uint_32>(height), settings.bits,
               settings.color_type, settings.interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
  if (!settings.palette.empty()) {
    png_set_PLTE(png, info, settings.palette.data(), static_cast<int>(settings.palette.size()));
  }
  if (!settings.palette_alpha.empty()) {
    png_set_tRNS(png, info, settings.palette_alpha.data(), static_cast<int>(settings.palette_alpha.size()), nullptr);
  }
  if (settings.has_transparent) png_set_tRNS(png, info, nullptr, 0, &settings.transparent);
  if (!settings.icc.empty()) {
    png_set_iCCP(png, info, "profile", PNG_COMPRESSION_TYPE_BASE,
                 reinterpret_cast<png_const_bytep>(settings.icc.data()), static_cast<png_uint_32>(settings.icc.size()));
  }
  const auto set_exif = [&] {
    auto* exif = reinterpret_cast<png_bytep>(const_cast<std::byte*>(settings.exif.data()));
    png_set_eXIf_1(png, info, static_cast<png_uint_32>(settings.exif.size()), exif);
  };
  if (!settings.exif.empty() && !settings.late_exif) set_exif();
  png_write_info(png, info);
  const std::size_t stride = rows.size() / static_cast<std::size_t>(height);
  std::vector<png_bytep> lines;
  for (std::int64_t y = 0; y < height; ++y) {
    lines.push_back(const_cast<png_bytep>(rows.data() + static_cast<std::size_t>(y) * stride));
  }
  png_write_image(png, lines.data());
  png_write_end(png, nullptr);
  png_destroy_write_struct(&png, &info);
  return file;
}

inline File encode_png(const Image& image, const PngSettings& settings = {}) {
  return encode_png(image.width, image.height, image.rgb, settings);
}

// A chunk, its CRC included.
inline File png_chunk(std::string_view type, std::span<const std::byte> data) {
  File body;
  append(body, bytes_of(type));
  append(body, data);
  std::uint32_t crc = 0xFFFFFFFF;  // PNG specification, annex D
  for (const std::byte byte : body) {
    crc ^= std::to_integer<std::uint32_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
  }
  File chunk;
  append_int(chunk, data.size(), 4, false);
  append(chunk, body);
  append_int(chunk, ~crc, 4, false);
  return chunk;
}

// `file` with `chunk` behind its header, or before its end.
inline File with_chunk(const File& file, const File& chunk, bool late = false) {
  File result = file;
  result.insert(late ? result.end() - 12 : result.begin() + 33, chunk.begin(), chunk.end());
  return result;
}

}  // namespace paw
