// Attributes of resize_nearest, resize_bilinear and their gradients; x [N,H,W,C].
#pragma once

#include "ir/attrs.h"

namespace paw {

// Source coordinate of output index i, scale = in / out.
enum class ResizeCoordinates : std::uint8_t {
  kHalfPixel,     // (i + 0.5) * scale - 0.5
  kAsymmetric,    // i * scale
  kAlignCorners,  // i * (in - 1) / (out - 1); 0 when out = 1
};
std::span<const std::string_view> enum_names(ResizeCoordinates);

struct ResizeAttrs {
  std::array<std::int64_t, 2> size = {1, 1};  // output height, width
  ResizeCoordinates coordinates = ResizeCoordinates::kHalfPixel;
  void fields(auto& v) {
    v("size", size);
    v("coordinates", coordinates);
  }
  bool operator==(const ResizeAttrs&) const = default;
};

// The gradients: dy -> dx of the given input height and width.
struct ResizeGradAttrs {
  std::array<std::int64_t, 2> input_size = {1, 1};
  ResizeCoordinates coordinates = ResizeCoordinates::kHalfPixel;
  void fields(auto& v) {
    v("input_size", input_size);
    v("coordinates", coordinates);
  }
  bool operator==(const ResizeGradAttrs&) const = default;
};

}  // namespace paw
