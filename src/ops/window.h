// Sliding windows over NHWC images: padding rules, geometry and the loop shared by convolutions and pooling.
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

// The taps [first, last) of the window at output position `out` along `axis` (0: height, 1: width) that lie inside the
// image.
struct TapRange {
  std::int64_t first, last;
};
TapRange taps_inside(const Window& window, std::size_t axis, std::int64_t out);

// Calls f(output pixel, tap, input pixel) for every tap inside the image, as flat indices into [N,H',W'], [KH,KW] and
// [N,H,W]. Output pixels ascend, and the taps of one output pixel ascend. Padding costs no time, however large.
template <class F>
void for_each_tap(const Window& w, std::int64_t batch, F f) {
  for (std::int64_t n = 0; n < batch; ++n) {
    for (std::int64_t oy = 0; oy < w.out[0]; ++oy) {
      const TapRange rows = taps_inside(w, 0, oy);
      for (std::int64_t ox = 0; ox < w.out[1]; ++ox) {
        const TapRange columns = taps_inside(w, 1, ox);
        const std::int64_t out = (n * w.out[0] + oy) * w.out[1] + ox;
        for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
          const std::int64_t iy = oy * w.stride[0] + ky * w.dilation[0] - w.pad_before[0];
          for (std::int64_t kx = columns.first; kx < columns.last; ++kx) {
            const std::int64_t ix = ox * w.stride[1] + kx * w.dilation[1] - w.pad_before[1];
            f(static_cast<std::size_t>(out), static_cast<std::size_t>(ky * w.kernel[1] + kx),
              static_cast<std::size_t>((n * w.in[0] + iy) * w.in[1] + ix));
          }
        }
      }
    }
  }
}

}  // namespace paw
