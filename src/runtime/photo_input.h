// A photo's pixels to a plan's input, as docs/preprocess.md defines it: what apps call. On a computer the same
// arithmetic is reached through vision/preprocess.h, which also decodes and traces.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/cpu.h"
#include "kernels/image/image.h"
#include "tensor/type.h"

namespace paw {

struct KernelTable;

// The record as kernels take it. scale and bias: per channel in the order of `color`; kGray: the first only.
struct PhotoRecord {
  std::int64_t width = 1, height = 1;
  ImageGeometry geometry = ImageGeometry::kCrop;
  std::int64_t resize_short = 1;
  ImageFilter filter = ImageFilter::kBilinear;
  ImageColor color = ImageColor::kRgb;
  std::int64_t pad_value = 0;
  std::array<double, 3> scale{}, bias{};
  bool operator==(const PhotoRecord&) const = default;
};

// How a photo of that size becomes the picture. Null, and `out` is set; else what is wrong.
const char* plan_photo(const PhotoRecord& record, std::int64_t width, std::int64_t height, ImageResize& out);

// One session's; holds memory that photo after photo of one size reuses.
class PhotoInput {
 public:
  explicit PhotoInput(Isa isa);

  // pixels: [height][width][channels], upright, 8 bits; channels 3 (RGB) or 4 (RGBA, alpha ignored). `to`: elements of
  // `type`, as many as the record's picture has values; integers are quantised by `type`. Null, or what is wrong, and
  // `to` is unchanged.
  const char* run(const PhotoRecord& record, const std::uint8_t* pixels, std::int64_t width, std::int64_t height,
                  std::int64_t channels, const TensorType& type, void* to);

 private:
  void prepare(const PhotoRecord& record, const ImageResize& resize);

  const KernelTable& kernels_;
  PhotoRecord record_;  // of the tables below
  ImageResize resize_;
  bool ready_ = false;
  std::array<float, 3 * 256> values_{};
  AlignedBuffer memory_;  // tables of weights, then scratch
  ImageTables tables_;
  std::byte* scratch_ = nullptr;
  std::vector<std::uint8_t> rgb_, picture_;  // rgb_: of a photo with alpha
  std::vector<float> floats_;                // of inputs that hold integers
};

}  // namespace paw
