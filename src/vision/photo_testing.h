// Pictures, EXIF blocks and damage for the tests of decoding. The formats' writers are in decoders/*_testing.h.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "base/random.h"
#include "vision/decode.h"

namespace paw {

using File = std::vector<std::byte>;

inline std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

inline void append(File& file, std::span<const std::byte> more) { file.insert(file.end(), more.begin(), more.end()); }

// `size` bytes of an integer, lowest first or highest first.
inline void append_int(File& file, std::uint64_t value, int size, bool little = true) {
  for (int i = 0; i < size; ++i) {
    file.push_back(static_cast<std::byte>(value >> 8 * (little ? i : size - 1 - i)));
  }
}

inline Image blank(std::int64_t width, std::int64_t height, std::uint8_t level = 0) {
  return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height), level)};
}

// Slow changes of colour, different in each direction and at each edge: lossy codecs keep them within a few levels, and
// no turning maps the picture to itself.
inline Image smooth_picture(std::int64_t width, std::int64_t height) {
  Image image = blank(width, height);
  std::size_t at = 0;
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      const double u = static_cast<double>(x) / static_cast<double>(width);
      const double v = static_cast<double>(y) / static_cast<double>(height);
      image.rgb[at++] = static_cast<std::uint8_t>(40 + 160 * u);
      image.rgb[at++] = static_cast<std::uint8_t>(210 - 150 * v);
      image.rgb[at++] = static_cast<std::uint8_t>(90 + 60 * u * v);
    }
  }
  return image;
}

// Every pixel different: for formats that keep all of them.
inline Image random_picture(std::int64_t width, std::int64_t height, std::uint64_t seed = 1) {
  Image image = blank(width, height);
  Random random(seed);
  for (auto& level : image.rgb) level = static_cast<std::uint8_t>(random.below(256));
  return image;
}

// The greatest difference of two levels; 999 when the sizes differ. Only the rows before `rows` when it is given.
inline int greatest_difference(const Image& a, const Image& b, std::int64_t rows = -1) {
  if (a.width != b.width || a.height != b.height || a.rgb.size() != b.rgb.size()) return 999;
  const std::size_t end = rows < 0 ? a.rgb.size() : static_cast<std::size_t>(3 * rows * a.width);
  int greatest = 0;
  for (std::size_t i = 0; i < end; ++i) greatest = std::max(greatest, std::abs(int{a.rgb[i]} - int{b.rgb[i]}));
  return greatest;
}

// How `upright` is stored so that a reader who applies `orientation` gets it back; by the letter of Exif 2.32, 4.6.4.
inline Image stored_for(const Image& upright, int orientation) {
  const bool swaps = orientation >= 5;
  const std::int64_t width = swaps ? upright.height : upright.width;
  const std::int64_t height = swaps ? upright.width : upright.height;
  Image stored = blank(width, height);
  for (std::int64_t row = 0; row < height; ++row) {
    for (std::int64_t column = 0; column < width; ++column) {
      // "The 0th row is at the visual top, bottom, left or right", and so the 0th column.
      const std::int64_t along = swaps ? row : column, down = swaps ? column : row;
      const bool from_right = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
      const bool from_bottom = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
      const std::int64_t x = from_right ? upright.width - 1 - along : along;
      const std::int64_t y = from_bottom ? upright.height - 1 - down : down;
      std::copy_n(&upright.rgb[static_cast<std::size_t>(3 * (y * upright.width + x))], 3,
                  &stored.rgb[static_cast<std::size_t>(3 * (row * width + column))]);
    }
  }
  return stored;
}

// A TIFF block of three tags, the middle one the orientation, with "Exif\0\0" in front when `marked`.
inline File exif_block(int orientation, bool little = true, bool marked = true) {
  using namespace std::string_view_literals;
  File file;
  if (marked) append(file, bytes_of("Exif\0\0"sv));
  append(file, bytes_of(little ? "II*\0"sv : "MM\0*"sv));
  append_int(file, 8, 4, little);
  append_int(file, 3, 2, little);
  for (const int tag : {256, 274, 305}) {
    append_int(file, static_cast<std::uint64_t>(tag), 2, little);
    append_int(file, 3, 2, little);
    append_int(file, 1, 4, little);
    append_int(file, static_cast<std::uint64_t>(tag == 274 ? orientation : 77), 2, little);
    append_int(file, 0, 2, little);
  }
  append_int(file, 0, 4, little);
  return file;
}

inline File cut(const File& file, double share) {
  return {file.begin(), file.begin() + static_cast<std::ptrdiff_t>(static_cast<double>(file.size()) * share)};
}

inline Photo decoded(const File& file, const DecodeLimits& limits = {}) {
  auto photo = decode_photo(file, "photo", limits);
  EXPECT_TRUE(photo.has_value()) << photo.error().text();
  return photo ? *std::move(photo) : Photo{};
}

inline PhotoHeader header_of(const File& file) {
  auto header = read_photo_header(file, "photo");
  EXPECT_TRUE(header.has_value()) << header.error().text();
  return header ? *header : PhotoHeader{};
}

inline std::string refusal(std::span<const std::byte> file, const DecodeLimits& limits = {}) {
  const auto photo = decode_photo(file, "photo", limits);
  EXPECT_FALSE(photo.has_value());
  if (photo) return "";
  EXPECT_EQ(photo.error().code, ErrorCode::kBadData);
  EXPECT_EQ(photo.error().where, "photo");
  return photo.error().text();
}

}  // namespace paw
