#include "ops/cast.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

// The scale and zero point are those declared on y, so that infer cannot know them.
Result<std::vector<TensorType>> infer_quantize(const OpCall& call) {
  const TensorType& x = call.in(0);
  const DType dtype = call.as<DtypeAttrs>().dtype;
  if (!x.is_real()) return call.error("expected x of real numbers, got " + x.text());
  if (!is_integer(dtype) || bits(dtype) > 32) {
    return call.error("expected an integer type of at most 32 bits to quantise to, got " + std::string(name(dtype)));
  }
  return std::vector{TensorType{dtype, x.shape}};
}

// The real numbers stay; they are rounded when y is stored in its type.
void eval_quantize(const EvalArgs& args) { args.out[0].data = args.in[0]->data; }

OpCase case_quantize(std::string name, TensorType x, DType dtype, std::shared_ptr<const QuantParams> quant) {
  return {.name = std::move(name),
          .inputs = {{.type = std::move(x), .differentiable = false}},
          .attrs = DtypeAttrs{dtype},
          .output_quant = std::move(quant)};
}

std::vector<OpCase> cases_quantize() {
  const auto per_channel = std::make_shared<const QuantParams>(
      QuantParams{.scale = {0.01f, 0.005f, 0.002f}, .zero_point = {0, 0, 0}, .axis = 1});
  return {
      case_quantize("int8", {DType::kF32, {1, 3, 3, 2}}, DType::kI8, per_tensor(0.01f, -3)),
      case_quantize("uint8", {DType::kF32, {2, 5}}, DType::kU8, per_tensor(1.0f / 128, 128)),
      case_quantize("per_channel", {DType::kF32, {4, 3}}, DType::kI8, per_channel),
      case_quantize("requantise", {DType::kI8, {2, 4}, per_tensor(0.01f, 0)}, DType::kU8, per_tensor(0.02f, 100)),
      case_quantize("int16", {DType::kF32, Shape{7}}, DType::kI16, per_tensor(1.0f / 32768, 0)),
  };
}

}  // namespace

constinit const OpDef quantize{
    .name = "quantize",
    .summary = "round(x / scale) + zero_point, saturated, with the parameters declared on y; also requantises",
    .inputs = {"x"},
    .default_attrs = [] { return Attrs(DtypeAttrs{DType::kI8}); },
    .traits = kDeclaresOutputScale,
    .infer = infer_quantize,
    .reference = eval_quantize,
    .no_gradient = "piecewise constant: its derivative is 0 almost everywhere; train through fake quantisation instead",
    .cost = cost_per_element<2>,
    .cases = cases_quantize};

}  // namespace paw::op
