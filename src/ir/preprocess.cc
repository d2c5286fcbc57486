#include "ir/preprocess.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace paw {

std::span<const std::string_view> enum_names(Geometry) {
  static constexpr std::string_view kNames[] = {"crop", "stretch", "fit"};
  return kNames;
}
std::span<const std::string_view> enum_names(ResizeFilter) {
  static constexpr std::string_view kNames[] = {"bilinear", "bicubic", "area", "nearest"};
  return kNames;
}
std::span<const std::string_view> enum_names(ColorOrder) {
  static constexpr std::string_view kNames[] = {"rgb", "bgr", "gray"};
  return kNames;
}

namespace {

// Every pixel becomes a number that float32 holds.
bool fits_float(double scale, double bias) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return std::abs(bias) <= kMost && std::abs(255 * scale + bias) <= kMost;
}

template <class Enum>
bool known(Enum value) {
  return static_cast<std::size_t>(value) < enum_names(value).size();
}

}  // namespace

std::string check_preprocess(const Preprocess& p) {
  if (!known(p.geometry) || !known(p.filter) || !known(p.color)) return "geometry, filter or colour order is unknown";
  constexpr std::int64_t kMaxSide = 16384;
  if (p.width < 1 || p.height < 1 || p.width > kMaxSide || p.height > kMaxSide) {
    return "input size must be between 1 and 16384";
  }
  if (p.geometry == Geometry::kCrop && (p.resize_short < std::max(p.width, p.height) || p.resize_short > kMaxSide)) {
    return "resize_short must be at least the crop's longer side and at most 16384";
  }
  if (p.pad_value < 0 || p.pad_value > 255) return "pad_value must be between 0 and 255";
  for (const double s : p.scale) {
    if (!std::isfinite(s) || s == 0) return "scale must be finite and not zero";
  }
  for (const double b : p.bias) {
    if (!std::isfinite(b)) return "bias must be finite";
  }
  for (std::size_t c = 0; c < p.scale.size(); ++c) {
    if (!fits_float(p.scale[c], p.bias[c])) return "scale and bias lead out of float32";
  }
  return {};
}

}  // namespace paw
