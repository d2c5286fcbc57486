#include <cmath>

#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_clamp(OpReader& r, double min) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  return r.result(op::clamp, {x}, ClampAttrs{min, 1});
}

Status read_minus_1_to_1(OpReader& r) { return read_clamp(r, -1); }
Status read_0_to_1(OpReader& r) { return read_clamp(r, 0); }

constexpr TypeVersion kClampVersions[] = {{DType::kF32, 1, "1.5.0"}};
constexpr TypeVersion kBoundVersions[] = {
    {DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.14.0"}};

// One of the bounds, into a tensor of its own or the result.
Status write_bound(OpWriter& w, schema::BuiltinOperator code, double bound, std::int32_t x, std::int32_t to) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(code, w.type(0), kBoundVersions));
  const bool low = code == schema::BuiltinOperator::MAXIMUM;
  const std::int32_t inputs[] = {x, w.scalar(bound, w.type(0), low ? "min" : "max")};
  w.append(kind, inputs, to, schema::CreateMaximumMinimumOptions(w.builder()));
  return {};
}

Status write_clamp(OpWriter& w) {
  const auto& a = w.attrs<ClampAttrs>();
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t one_input[] = {x};
  if (a.min == -1 && a.max == 1 && w.type(0).dtype == DType::kF32) {
    PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                         w.kind(schema::BuiltinOperator::RELU_N1_TO_1, w.type(0), kClampVersions));
    w.append(kind, one_input, w.result());
    return {};
  }
  if (!(w.type(0) == w.result_type()))
    return w.refuse("changes the scale of " + w.type(0).text() + ", which is not held");
  const bool low = std::isfinite(a.min), high = std::isfinite(a.max);
  if (!low && !high) return w.refuse("has no bounds", "leave it out");
  std::int32_t between = x;
  if (low) {
    const std::int32_t to = high ? w.temporary(w.type(0), "low") : w.result();
    PAW_RETURN_IF_ERROR(write_bound(w, schema::BuiltinOperator::MAXIMUM, a.min, x, to));
    between = to;
  }
  return high ? write_bound(w, schema::BuiltinOperator::MINIMUM, a.max, between, w.result()) : Status();
}

constexpr OpReading kClampReads[] = {{code_of(schema::BuiltinOperator::RELU_N1_TO_1), 1, 1, 1, read_minus_1_to_1},
                                     {code_of(schema::BuiltinOperator::RELU_0_TO_1), 1, 1, 1, read_0_to_1}};

}  // namespace

constinit const OpSupport clamp{.op = &op::clamp, .reads = kClampReads, .write = write_clamp};

}  // namespace paw::tflite::ops
