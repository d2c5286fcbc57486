// max_pool, avg_pool <-> the same
#include "ops/pool.h"
#include "formats/coreml/program/ops/window.h"
#include "formats/coreml/program/rules.h"
#include "ops/ops.h"

namespace paw::coreml::program {

namespace {

Result<std::vector<Input>> inputs_of(NodeWriter& w) {
  const auto& a = w.attrs<PoolAttrs>();
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  std::vector<Input> inputs = {{"x", {x}}, {"kernel_sizes", {w.block().ints(a.kernel)}}};
  add_window(w, a.stride, a.padding, a.pads, inputs);
  inputs.push_back({"ceil_mode", {w.block().flag(false)}});
  return inputs;
}

}  // namespace

Status write_max_pool(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(const std::vector<Input> inputs, inputs_of(w));
  return w.out("max_pool", inputs);
}

Status write_avg_pool(NodeWriter& w) {
  PAW_ASSIGN_OR_RETURN(std::vector<Input> inputs, inputs_of(w));
  inputs.push_back({"exclude_padding_from_average", {w.block().flag(!w.attrs<PoolAttrs>().count_padding)}});
  return w.out("avg_pool", inputs);
}

namespace {

// With ceil_mode the last window may reach over the border: padding after the image makes room for it.
Status round_up(OpReader& r, WindowParameters& window, std::array<std::int64_t, 2> kernel, bool counts_padding) {
  PAW_ASSIGN_OR_RETURN(const Shape x, r.shape("x"));
  if (window.padding == Padding::kSame) return r.refuse("ceil_mode with same padding is not supported");
  for (std::size_t i = 0; i < 2; ++i) {
    const std::int64_t size = x[static_cast<int>(i) + 2], pads = window.pads[2 * i] + window.pads[2 * i + 1];
    const std::int64_t stride = window.stride[i], rest = size + pads - kernel[i];
    if (stride < 1 || rest < 0 || rest > kMaxExtent)
      return r.refuse("its strides, kernel or padding are not supported");
    std::int64_t missing = (stride - rest % stride) % stride;
    // A window that would lie in the padding alone is left out.
    const std::int64_t out = (rest + stride - 1) / stride + 1;
    if (missing > 0 && pads > 0 && 2 * (out - 1) * stride >= 2 * size + pads) missing = 0;
    if (missing > 0 && counts_padding) return r.refuse("ceil_mode with an average over padding is not supported");
    window.pads[2 * i + 1] += missing;
    if (missing > 0) window.padding = Padding::kExplicit;
  }
  return {};
}

}  // namespace

Status read_pool(OpReader& r) {
  const bool average = r.type() == "avg_pool";
  PAW_ASSIGN_OR_RETURN(const auto kernel, read_pair(r, "kernel_sizes", {}));
  PAW_ASSIGN_OR_RETURN(WindowParameters window, read_window(r, kernel));
  PAW_ASSIGN_OR_RETURN(const bool exclude, r.flag("exclude_padding_from_average"));
  PAW_ASSIGN_OR_RETURN(const bool ceil, r.flag("ceil_mode"));
  if (ceil) PAW_RETURN_IF_ERROR(round_up(r, window, kernel, average && !exclude));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in("x", AxisOrder::home(4)));
  // Without padding the two averages are one.
  const bool counts = average && !exclude && window.padding != Padding::kValid;
  const PoolAttrs attrs{kernel, window.stride, window.padding, window.pads, counts};
  return r.result(r.call(average ? op::avg_pool : op::max_pool, {x}, attrs), AxisOrder::home(4));
}

}  // namespace paw::coreml::program
