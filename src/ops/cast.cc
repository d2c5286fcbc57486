#include "ops/cast.h"

#include <cmath>

#include "ops/elementwise.h"
#include "ops/moves.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_cast(const OpCall& call) {
  const TensorType& x = call.in(0);
  if (x.quant) return call.error("expected plain numbers, got " + x.text(), "use dequantize or quantize");
  return std::vector{TensorType{call.as<DtypeAttrs>().dtype, x.shape}};
}

// Two's complement: what is left of an integer when only the low bits are kept.
double wrapped(double value, DType dtype) {
  const double range = std::ldexp(1.0, bits(dtype));
  return value - range * std::floor((value - lowest(dtype)) / range);
}

// Floats go to integers towards zero, saturating, NaN to 0 (storing does the latter two); integers wrap.
void eval_cast(const EvalArgs& args) {
  const DType from = args.call.in(0).dtype;
  const DType to = args.call.as<DtypeAttrs>().dtype;
  if (to == DType::kBool) {
    eval_unary(args, [](double x) { return x != 0 ? 1.0 : 0.0; });
  } else if (is_integer(to) && is_integer(from)) {
    eval_unary(args, [to](double x) { return wrapped(x, to); });
  } else if (is_integer(to)) {
    eval_unary(args, [](double x) { return std::trunc(x); });
  } else {
    eval_unary(args, [](double x) { return x; });
  }
}

// Only between floats: integers have no derivative.
std::vector<ValueId> grad_cast(GradContext& g) {
  const DType from = g.type(g.in(0)).dtype;
  if (!is_float(from) || !is_float(g.attrs<DtypeAttrs>().dtype)) return {ValueId{}};
  return {g.call(cast, {g.grad()}, DtypeAttrs{from})};
}

std::vector<OpCase> cases_cast() {
  return {
      {.name = "widen", .inputs = {float_input({2, 3, 4})}, .attrs = DtypeAttrs{DType::kF64}},
      {.name = "same", .inputs = {float_input({5})}, .attrs = DtypeAttrs{DType::kF32}},
      {.name = "truncate",
       .inputs = {{.type = {DType::kF32, {6}}, .values = {-300, -1.75, -0.5, 0.5, 1.75, 300}, .differentiable = false}},
       .attrs = DtypeAttrs{DType::kI8}},
      {.name = "wrap", .inputs = {integer_input(DType::kI32, {3, 5}, -1000, 1000)}, .attrs = DtypeAttrs{DType::kU8}},
      {.name = "from_bool", .inputs = {integer_input(DType::kBool, {7}, 0, 1)}, .attrs = DtypeAttrs{DType::kF32}},
      {.name = "to_bool", .inputs = {integer_input(DType::kI8, {7}, -2, 2)}, .attrs = DtypeAttrs{DType::kBool}},
  };
}

}  // namespace

constinit const OpDef cast{.name = "cast",
                           .summary = "another element type; floats to integers towards zero",
                           .inputs = {"x"},
                           .default_attrs = attrs_of<DtypeAttrs>,
                           .traits = kElementwise,
                           .accuracy = Accuracy::kExact,
                           .infer = infer_cast,
                           .reference = eval_cast,
                           .gradient = grad_cast,
                           .cost = cost_per_element<1>,
                           .cases = cases_cast};

}  // namespace paw::op
