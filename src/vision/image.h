// A decoded photo: 8-bit RGB, upright.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace paw {

struct Image {
  std::int64_t width = 0, height = 0;
  std::vector<std::uint8_t> rgb;  // [height][width][3], no padding between rows

  bool operator==(const Image&) const = default;
};

}  // namespace paw
