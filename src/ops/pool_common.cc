#include "ops/pool_common.h"

#include "ops/checks.h"

namespace paw {

Result<Window> resolve_pool(const OpCall& call, const Shape& x, const PoolAttrs& attrs) {
  if (x.rank() != 4 || !x.valid()) return call.error("expected x as [N,H,W,C], got " + x.text());
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_window(call, {x[1], x[2]}, attrs.kernel, attrs.stride, {1, 1},
                                                           attrs.padding, attrs.pads));
  for (std::size_t d = 0; d < 2; ++d) {
    const std::int64_t kernel = attrs.kernel[d];
    if (attrs.padding == Padding::kExplicit && (window.pad_before[d] >= kernel || window.pad_after[d] >= kernel)) {
      return call.error("expected pads smaller than the kernel extent " + std::to_string(kernel) + ", got " +
                        std::to_string(window.pad_before[d]) + " and " + std::to_string(window.pad_after[d]));
    }
  }
  return window;
}

Shape pooled_shape(const Shape& x, const Window& window) { return {x[0], window.out[0], window.out[1], x[3]}; }

Result<std::vector<TensorType>> infer_pool(const OpCall& call) {
  const TensorType& x = call.in(0);
  if (!x.is_real()) return call.error("expected x of real numbers, got " + x.text());
  if (x.quant != nullptr && x.quant->scale.size() != 1) {
    return call.error("expected one scale per tensor, got " + x.text());
  }
  PAW_ASSIGN_OR_RETURN(const Window window, resolve_pool(call, x.shape, call.as<PoolAttrs>()));
  return std::vector{TensorType{x.dtype, pooled_shape(x.shape, window)}};
}

Cost pool_cost(const OpCall& call, std::span<const TensorType> outputs) {
  const auto& kernel = call.as<PoolAttrs>().kernel;
  return {.ops = count_product({outputs[0].shape.elements(), kernel[0], kernel[1]})};
}

std::vector<OpCase> pool_cases(bool count_padding) {
  struct Example {
    const char* name;
    Shape x;
    PoolAttrs attrs;
  };
  const Example examples[] = {
      {"halving", {1, 4, 6, 3}, {}},
      {"same_overlapping", {2, 5, 6, 2}, {.kernel = {3, 3}, .stride = {2, 2}, .padding = Padding::kSame}},
      {"explicit_pads",
       {1, 5, 4, 2},
       {.kernel = {3, 2}, .stride = {2, 1}, .padding = Padding::kExplicit, .pads = {1, 2, 0, 1}}},
      {"gaps", {1, 7, 5, 1}, {.kernel = {2, 1}, .stride = {3, 2}}},
      {"whole_image", {2, 3, 4, 2}, {.kernel = {3, 4}, .stride = {1, 1}}},
  };
  std::vector<OpCase> cases;
  for (const Example& e : examples) {
    cases.push_back({.name = e.name, .inputs = {{.type = {DType::kF32, e.x}}}, .attrs = e.attrs});
    if (count_padding && e.attrs.padding != Padding::kValid) {
      PoolAttrs counted = e.attrs;
      counted.count_padding = true;
      cases.push_back(
          {.name = std::string(e.name) + "_counted", .inputs = {{.type = {DType::kF32, e.x}}}, .attrs = counted});
    }
  }
  return cases;
}

}  // namespace paw
