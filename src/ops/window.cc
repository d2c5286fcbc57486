#include "ops/window.h"

#include <algorithm>

namespace paw {

std::span<const std::string_view> enum_names(Padding) {
  static constexpr std::string_view kNames[] = {"valid", "same", "explicit"};
  return kNames;
}

Result<Window> resolve_window(const OpCall& call, std::array<std::int64_t, 2> in, std::array<std::int64_t, 2> kernel,
                              std::array<std::int64_t, 2> stride, std::array<std::int64_t, 2> dilation, Padding padding,
                              std::array<std::int64_t, 4> pads) {
  Window w{.in = in, .kernel = kernel, .stride = stride, .dilation = dilation};
  if (padding != Padding::kExplicit && std::ranges::any_of(pads, [](std::int64_t p) { return p != 0; })) {
    return call.error("pads need padding=explicit");
  }
  for (std::size_t d = 0; d < 2; ++d) {
    if (kernel[d] < 1) return call.error("kernel extent must be at least 1, got " + std::to_string(kernel[d]));
    if (stride[d] < 1) return call.error("stride must be at least 1, got " + std::to_string(stride[d]));
    if (dilation[d] < 1) return call.error("dilation must be at least 1, got " + std::to_string(dilation[d]));
    // Every factor is below 2^31 (shapes and verified attributes): the product fits.
    const std::int64_t reach = (kernel[d] - 1) * dilation[d] + 1;
    if (padding == Padding::kSame) {
      w.out[d] = (in[d] + stride[d] - 1) / stride[d];
      const std::int64_t total = std::max<std::int64_t>((w.out[d] - 1) * stride[d] + reach - in[d], 0);
      w.pad_before[d] = total / 2;
      w.pad_after[d] = total - total / 2;
      continue;
    }
    w.pad_before[d] = pads[2 * d];
    w.pad_after[d] = pads[2 * d + 1];
    if (w.pad_before[d] < 0 || w.pad_after[d] < 0) return call.error("pads must not be negative");
    const std::int64_t padded = in[d] + w.pad_before[d] + w.pad_after[d];
    if (padded < reach) {
      return call.error("the window of " + std::to_string(reach) + " does not fit into the padded input of " +
                        std::to_string(padded));
    }
    w.out[d] = (padded - reach) / stride[d] + 1;
  }
  return w;
}

TapRange taps_inside(const Window& window, std::size_t axis, std::int64_t out) {
  const std::int64_t dilation = window.dilation[axis];
  const std::int64_t start = out * window.stride[axis] - window.pad_before[axis];
  const auto taps_below = [&](std::int64_t position) {  // how many taps fall short of `position`
    return position <= start ? 0 : (position - start + dilation - 1) / dilation;
  };
  return {std::min(taps_below(0), window.kernel[axis]), std::min(taps_below(window.in[axis]), window.kernel[axis])};
}

}  // namespace paw
