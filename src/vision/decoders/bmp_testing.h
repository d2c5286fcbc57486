// Writes BMPs for tests.
#pragma once

#include "vision/photo_testing.h"

namespace paw {

struct BmpSettings {
  std::uint32_t bits = 24, compression = 0;
  bool top_down = false;
  std::vector<std::uint32_t> masks;                 // red, green, blue, alpha; of compressions 3 and 6
  std::vector<std::array<std::uint8_t, 3>> colors;  // RGB
};

// `pixels`: as stored, from the first stored row on, padding included.
inline File encode_bmp(std::int64_t width, std::int64_t height, const File& pixels, const BmpSettings& settings = {}) {
  const std::size_t header = settings.masks.size() == 4 ? 56 : 40;
  const std::size_t behind = settings.masks.size() == 3 ? 12 : 0;
  const std::size_t offset = 14 + header + behind + 4 * settings.colors.size();
  File file;
  append(file, bytes_of("BM"));
  append_int(file, offset + pixels.size(), 4);
  append_int(file, 0, 4);
  append_int(file, offset, 4);
  append_int(file, header, 4);
  append_int(file, static_cast<std::uint64_t>(width), 4);
  append_int(file, static_cast<std::uint64_t>(settings.top_down ? -height : height), 4);
  append_int(file, 1, 2);
  append_int(file, settings.bits, 2);
  append_int(file, settings.compression, 4);
  append_int(file, pixels.size(), 4);
  append_int(file, 2835, 4);
  append_int(file, 2835, 4);
  append_int(file, settings.colors.size(), 4);
  append_int(file, 0, 4);
  for (const std::uint32_t mask : settings.masks) append_int(file, mask, 4);
  for (const auto& [red, green, blue] : settings.colors) {
    for (const std::uint8_t level : {blue, green, red, std::uint8_t{0}}) append_int(file, level, 1);
  }
  append(file, pixels);
  return file;
}

// Rows from the bottom up (or not), each put together by `row(y)` and padded to four bytes.
template <class Row>
File bmp_pixels(std::int64_t height, bool top_down, Row row) {
  File pixels;
  for (std::int64_t i = 0; i < height; ++i) {
    append(pixels, row(top_down ? i : height - 1 - i));
    while (pixels.size() % 4 != 0) append_int(pixels, 0, 1);
  }
  return pixels;
}

// 24 bits.
inline File encode_bmp(const Image& image, bool top_down = false) {
  const auto row = [&](std::int64_t y) {
    File line;
    for (std::int64_t x = 0; x < image.width; ++x) {
      const auto at = static_cast<std::size_t>(3 * (y * image.width + x));
      for (const std::size_t c : {2U, 1U, 0U}) append_int(line, image.rgb[at + c], 1);
    }
    return line;
  };
  return encode_bmp(image.width, image.height, bmp_pixels(image.height, top_down, row), {.top_down = top_down});
}

}  // namespace paw
