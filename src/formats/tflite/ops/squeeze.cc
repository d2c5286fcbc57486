#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// An empty list means every axis of extent 1.
Status read_squeeze(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::SqueezeOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  AxesAttrs attrs;
  if (o->squeeze_dims() != nullptr) attrs.axes.assign(o->squeeze_dims()->begin(), o->squeeze_dims()->end());
  const Shape shape = r.type(x).shape;
  for (int axis = 0; attrs.axes.empty() && axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) attrs.axes.push_back(axis);
  }
  return r.result(op::squeeze, {x}, std::move(attrs));
}

constexpr TypeVersion kSqueezeVersions[] = {
    {DType::kF32, 1, "1.6.0"},      {DType::kF16, 1, "1.6.0"},       {DType::kI8, 1, "1.6.0"},
    {DType::kU8, 1, "1.6.0"},       {DType::kI16, 1, "1.6.0"},       {DType::kI8, 1, "1.6.0", true},
    {DType::kU8, 1, "1.6.0", true}, {DType::kI16, 1, "1.6.0", true}, {DType::kI32, 1, "1.6.0"},
    {DType::kI64, 1, "1.6.0"},      {DType::kBool, 1, "1.6.0"}};

Status write_squeeze(OpWriter& w) {
  const std::vector<std::int64_t>& axes = w.attrs<AxesAttrs>().axes;
  if (axes.empty()) return w.refuse("drops no axis", "leave it out");  // the format takes none to mean all
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::SQUEEZE, w.type(0), kSqueezeVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  const std::vector<std::int32_t> dims(axes.begin(), axes.end());
  w.append(kind, inputs, w.result(), schema::CreateSqueezeOptions(w.builder(), w.builder().CreateVector(dims)));
  return {};
}

constexpr OpReading kSqueezeReads[] = {{code_of(schema::BuiltinOperator::SQUEEZE), 1, 1, 1, read_squeeze}};

}  // namespace

constinit const OpSupport squeeze{.op = &op::squeeze, .reads = kSqueezeReads, .write = write_squeeze};

}  // namespace paw::tflite::ops
