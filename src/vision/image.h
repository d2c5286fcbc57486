// A decoded photo: 8-bit RGB, upright.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace paw {

struct Image {
  std::int64_t width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  // [height][width][3], no padding between rows

  bool operator==(const Image&) const = default;

  // Of memory that is used again the pixels are what they were.
  void set_size(std::int64_t new_width, std::int64_t new_height) {
    const auto bytes = static_cast<std::size_t>(3 * new_width * new_height);
    // Growing copies what is there: for nothing.
    if (bytes > rgb.capacity()) rgb = {};
    rgb.resize(bytes);
    width = new_width;
    height = new_height;
  }
};

}  // namespace paw
