#include "ops/cast.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_dequantize(const OpCall& call) {
  const TensorType& x = call.in(0);
  const DType dtype = call.as<DtypeAttrs>().dtype;
  if (x.quant == nullptr) return call.error("expected x to be quantised, got " + x.text());
  if (!is_float(dtype)) return call.error("expected a float type to dequantise to, got " + std::string(name(dtype)));
  return std::vector{TensorType{dtype, x.shape}};
}

// The interpreter already holds the real numbers.
void eval_dequantize(const EvalArgs& args) { args.out[0].data = args.in[0]->data; }

OpCase case_dequantize(std::string name, TensorType x, DType dtype) {
  return {
      .name = std::move(name), .inputs = {{.type = std::move(x), .differentiable = false}}, .attrs = DtypeAttrs{dtype}};
}

std::vector<OpCase> cases_dequantize() {
  const auto per_channel = std::make_shared<const QuantParams>(
      QuantParams{.scale = {0.01f, 0.005f, 0.002f}, .zero_point = {0, 4, 0}, .axis = 1});
  return {
      case_dequantize("int8", {DType::kI8, {1, 3, 3, 2}, per_tensor(0.01f, -3)}, DType::kF32),
      case_dequantize("uint8", {DType::kU8, {2, 5}, per_tensor(1.0f / 128, 128)}, DType::kF32),
      case_dequantize("per_channel", {DType::kI8, {4, 3}, per_channel}, DType::kF32),
      case_dequantize("half", {DType::kI4, {2, 4}, per_tensor(0.125f, 0)}, DType::kF16),
  };
}

}  // namespace

constinit const OpDef dequantize{.name = "dequantize",
                                 .summary = "(x - zero_point) * scale",
                                 .inputs = {"x"},
                                 .default_attrs = attrs_of<DtypeAttrs>,
                                 .infer = infer_dequantize,
                                 .reference = eval_dequantize,
                                 .no_gradient = "its input is quantised: integers have no gradient",
                                 .cost = cost_per_element<2>,
                                 .cases = cases_dequantize};

}  // namespace paw::op
