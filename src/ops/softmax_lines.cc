#include "ops/softmax_lines.h"

#include <cmath>

#include "ops/fixed_scale.h"
#include "ops/moves.h"

namespace paw {

Result<std::vector<TensorType>> infer_softmax(const OpCall& call) {
  PAW_RETURN_IF_ERROR(resolve_axis(call, call.as<SoftmaxAttrs>().axis, call.shape(0).rank()));
  return infer_fixed_scale(call);
}

void transform_lines(const EvalArgs& args, void (*f)(std::span<double> line)) {
  const RefTensor& x = *args.in[0];
  const std::int64_t attr = args.call.as<SoftmaxAttrs>().axis;
  const int axis = static_cast<int>(attr < 0 ? attr + x.shape.rank() : attr);
  const auto stride = static_cast<std::size_t>(strides_of(x.shape)[static_cast<std::size_t>(axis)]);
  Shape starts = x.shape;
  starts[axis] = 1;
  std::vector<double> line(static_cast<std::size_t>(x.shape[axis]));
  for (const std::size_t start : strided_indices(starts, strides_of(x.shape))) {
    for (std::size_t i = 0; i < line.size(); ++i) line[i] = x.data[start + i * stride];
    f(line);
    for (std::size_t i = 0; i < line.size(); ++i) args.out[0].data[start + i * stride] = line[i];
  }
}

double largest(std::span<const double> line) {
  double m = line[0];
  for (const double v : line) {
    if (std::isnan(v) || v > m) m = v;
  }
  return m;
}

std::vector<OpCase> softmax_cases() {
  return {
      {.name = "vector", .inputs = {float_input({5}, -3, 3)}, .attrs = SoftmaxAttrs{}},
      {.name = "logits", .inputs = {float_input({3, 10}, -4, 4)}, .attrs = SoftmaxAttrs{}},
      {.name = "axis1", .inputs = {float_input({2, 4, 3}, -3, 3)}, .attrs = SoftmaxAttrs{1}},
      {.name = "axis0", .inputs = {float_input({4, 2, 2}, -3, 3)}, .attrs = SoftmaxAttrs{-3}},
      {.name = "int8", .inputs = {quantized_input(DType::kI8, {2, 10}, 0.1F, 5, -8, 8)}, .attrs = SoftmaxAttrs{}},
  };
}

}  // namespace paw
