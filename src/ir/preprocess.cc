#include "ir/preprocess.h"

#include <algorithm>
#include <cmath>
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

std::string check_preprocess(const Preprocess& p) {
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
  return {};
}

}  // namespace paw
