// Preprocess: how a photo becomes the model's input. Part of the model; the same record travels into every file
// and app. Executed by kernels/image, defined in docs/preprocess.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "ir/attrs.h"

namespace paw {

enum class Geometry : std::uint8_t {
  kCrop,     // short side to resize_short, then the centre width x height
  kStretch,  // both sides to width x height, aspect ratio ignored
  kFit,      // long side fitted, the rest padded with pad_value
};
enum class ResizeFilter : std::uint8_t { kBilinear, kBicubic, kArea, kNearest };
enum class ColorOrder : std::uint8_t { kRgb, kBgr, kGray };

std::span<const std::string_view> enum_names(Geometry);
std::span<const std::string_view> enum_names(ResizeFilter);
std::span<const std::string_view> enum_names(ColorOrder);

// input[c] = pixel[c] * scale[c] + bias[c], pixel in 0..255 after geometry and resizing.
struct Preprocess {
  std::int64_t width = 224, height = 224;
  Geometry geometry = Geometry::kCrop;
  std::int64_t resize_short = 256;  // kCrop only
  ResizeFilter filter = ResizeFilter::kBilinear;
  ColorOrder color = ColorOrder::kRgb;
  std::array<double, 3> scale = {1.0 / 255, 1.0 / 255, 1.0 / 255};  // kGray: the first only
  std::array<double, 3> bias = {0, 0, 0};
  std::int64_t pad_value = 0;  // kFit only, 0..255

  bool operator==(const Preprocess&) const = default;
};

// Empty when the record can be executed; else what is wrong with it.
std::string check_preprocess(const Preprocess& preprocess);

}  // namespace paw
