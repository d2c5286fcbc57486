// Sliding windows over NHWC images: padding rules and the geometry shared by convolutions and pooling.
#pragma once

#include <array>
#include <cstdint>

#include "ir/op_def.h"

namespace paw {

enum class Padding : std::uint8_t {
  kValid,     // no padding
  kSame,      // output = ceil(input / stride); the odd pixel goes to the bottom / right (TensorFlow's SAME)
  kExplicit,  // the `pads` attribute
};
std::span<const std::string_view> enum_names(Padding);

// Geometry along height [0] and width [1].
struct Window {
  std::array<std::int64_t, 2> in{}, out{}, kernel{}, stride{}, dilation{}, pad_before{}, pad_after{};
};

// Resolves padding and output size. `pads` = {top, bottom, left, right} counts only with kExplicit and must be zero
// otherwise. Every kernel, stride and dilation must be >= 1, every pad >= 0, and the padded input must hold the
// (dilated) kernel at least once.
Result<Window> resolve_window(const OpCall& call, std::array<std::int64_t, 2> in, std::array<std::int64_t, 2> kernel,
                              std::array<std::int64_t, 2> stride, std::array<std::int64_t, 2> dilation, Padding padding,
                              std::array<std::int64_t, 4> pads);

}  // namespace paw
