// int8_case: post-training quantisation of a single op, by the ranges of its case.
#include <algorithm>
#include <cmath>

#include "ir/verify.h"
#include "ops/ops.h"
#include "reference/interpreter.h"
#include "reference/op_cases.h"

namespace paw {

namespace {

struct Range {
  double lo = 0, hi = 0;  // holds zero, which must be exact
  void cover(const RefTensor& tensor) {
    for (const double v : tensor.data) {
      lo = std::min(lo, v);
      hi = std::max(hi, v);
    }
  }
  std::shared_ptr<const QuantParams> i8() const {
    const auto scale = static_cast<float>(hi > lo ? (hi - lo) / 255 : 1.0);
    return per_tensor(scale, static_cast<std::int32_t>(std::clamp(std::round(-128 - lo / scale), -128.0, 127.0)));
  }
};

Result<std::vector<TensorType>> infer_case(const OpDef& op, const OpCase& c) {
  std::vector<const TensorType*> types;
  types.reserve(c.inputs.size());
  for (const CaseInput& input : c.inputs) types.push_back(input.absent ? nullptr : &input.type);
  return infer_types(op, c.attrs, types, "int8");
}

bool is_plain_float(const CaseInput& input) { return !input.absent && is_float(input.type.dtype); }

}  // namespace

Result<OpCase> int8_case(const OpDef& op, const OpCase& c) {
  const bool declared_already =
      c.output_quant || std::ranges::any_of(c.inputs, [](const CaseInput& in) { return in.type.quant != nullptr; });
  if (declared_already || std::ranges::none_of(c.inputs, is_plain_float)) {
    return fail(ErrorCode::kUnsupported, case_name(op, c), "has no float form to start from");
  }
  const std::vector<RefTensor> values = case_values(op, c);
  Range shared;
  for (const RefTensor& value : values) shared.cover(value);
  OpCase result = c;
  OpCase real = widened(c);  // the same numbers, not quantised
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    CaseInput& input = result.inputs[i];
    if (!is_plain_float(input)) continue;
    Range own;
    own.cover(values[i]);
    input.type = {DType::kI8, input.type.shape, (op.has(kSharesInputScale) ? shared : own).i8()};
    input.values = values[i].data;
    for (std::size_t k = 0; k < input.values.size(); ++k) {
      input.values[k] = round_to_type(input.type, static_cast<std::int64_t>(k), input.values[k]);
    }
    real.inputs[i].values = input.values;
  }
  PAW_ASSIGN_OR_RETURN(const std::vector<TensorType> outputs, infer_case(op, result));
  const bool ruled = op.has(kSharesInputScale) || op.has(kFixedOutputScale) || outputs[0].quant != nullptr;
  if (!ruled && is_integer(outputs[0].dtype)) {
    PAW_ASSIGN_OR_RETURN(const std::vector<RefTensor> floats, run_case(op, real, false));
    Range range;
    range.cover(floats[0]);
    result.output_quant = range.i8();
  }
  PAW_ASSIGN_OR_RETURN([[maybe_unused]] const CaseGraph accepted, case_graph(op, result));
  return result;
}

namespace {

bool is_layer(const OpDef& op) {
  return &op == &op::conv2d || &op == &op::depthwise_conv2d || &op == &op::fully_connected;
}

}  // namespace

Result<CaseGraph> int8_graph(const OpDef& op, const OpCase& c) {
  PAW_ASSIGN_OR_RETURN(OpCase taken, int8_case(op, c));
  if (!is_layer(op)) return case_graph(op, taken);
  if (taken.inputs.size() > 2 && !taken.inputs[2].absent) {
    const float scale = taken.inputs[0].type.quant->scale[0] * taken.inputs[1].type.quant->scale[0];
    taken.inputs[2].type = {DType::kI32, taken.inputs[2].type.shape, per_tensor(scale, 0)};
  }
  PAW_ASSIGN_OR_RETURN(CaseGraph made, case_graph(op, taken));
  for (std::size_t i = 1; i < made.graph.inputs.size(); ++i) {
    const ValueId v = made.graph.inputs[i];
    made.graph[v].constant = from_ref(made.graph.type(v), made.feeds[i]).data;
  }
  made.graph.inputs.resize(1);
  made.feeds.resize(1);
  PAW_RETURN_IF_ERROR(verify(made.graph));
  return made;
}

}  // namespace paw
