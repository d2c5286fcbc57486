#include "formats/coreml/program/ops/window.h"

namespace paw::coreml::program {

void add_window(NodeWriter& w, std::array<std::int64_t, 2> stride, Padding padding, std::array<std::int64_t, 4> pads,
                std::vector<Input>& inputs) {
  static constexpr std::string_view kNames[] = {"valid", "same", "custom"};
  inputs.push_back({"strides", {w.block().ints(stride)}});
  inputs.push_back({"pad_type", {w.block().text(kNames[static_cast<std::size_t>(padding)])}});
  inputs.push_back({"pad", {w.block().ints(pads)}});
}

Result<std::array<std::int64_t, 2>> read_pair(OpReader& r, std::string_view param, std::optional<std::int64_t> other) {
  std::optional<std::vector<std::int64_t>> fallback;
  if (other) fallback = std::vector{*other, *other};
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> values, r.ints(param, fallback));
  if (values.size() != 2)
    return r.refuse("its " + std::string(param) + " has " + std::to_string(values.size()) + " numbers, not 2");
  return std::array{values[0], values[1]};
}

namespace {

// As `same`, but with the odd pixel at the top and left.
Result<std::array<std::int64_t, 4>> same_lower(OpReader& r, const WindowParameters& window,
                                               std::array<std::int64_t, 2> kernel) {
  PAW_ASSIGN_OR_RETURN(const Shape x, r.shape("x"));
  std::array<std::int64_t, 4> pads{};
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t size = x[static_cast<int>(i) + 2], stride = window.stride[i];
    if (stride < 1 || kernel[i] < 1 || window.dilation[i] < 1 || window.dilation[i] > kMaxExtent ||
        kernel[i] > kMaxExtent) {
      return r.refuse("its strides, dilations or kernel are not supported");
    }
    const std::int64_t reach = (kernel[i] - 1) * window.dilation[i] + 1;
    const std::int64_t total = std::max(((size + stride - 1) / stride - 1) * stride + reach - size, std::int64_t{0});
    pads[2 * i] = total - total / 2;
    pads[2 * i + 1] = total / 2;
  }
  return pads;
}

}  // namespace

Result<WindowParameters> read_window(OpReader& r, std::array<std::int64_t, 2> kernel) {
  WindowParameters window;
  PAW_ASSIGN_OR_RETURN(const Shape x, r.shape("x"));
  if (x.rank() != 4) return r.refuse("its input has " + std::to_string(x.rank()) + " axes; images have 4");
  PAW_ASSIGN_OR_RETURN(window.stride, read_pair(r, "strides", 1));
  PAW_ASSIGN_OR_RETURN(window.dilation, read_pair(r, "dilations", 1));
  PAW_ASSIGN_OR_RETURN(const std::string kind, r.text("pad_type", "valid"));
  if (kind == "same") {
    window.padding = Padding::kSame;
  } else if (kind == "custom") {
    PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> pads, r.ints("pad", std::vector<std::int64_t>(4, 0)));
    if (pads.size() != 4) return r.refuse("its pad has " + std::to_string(pads.size()) + " numbers, not 4");
    std::copy(pads.begin(), pads.end(), window.pads.begin());
    window.padding = Padding::kExplicit;
  } else if (kind == "same_lower") {
    PAW_ASSIGN_OR_RETURN(window.pads, same_lower(r, window, kernel));
    window.padding = Padding::kExplicit;
  } else if (kind != "valid") {
    return r.refuse("pad_type is not valid, same, same_lower or custom");
  }
  if (window.padding == Padding::kExplicit && window.pads == std::array<std::int64_t, 4>{})
    window.padding = Padding::kValid;
  return window;
}

}  // namespace paw::coreml::program
