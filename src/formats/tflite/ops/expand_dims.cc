#include <algorithm>

#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_expand_dims(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> axis, r.integers(1, "axis"));
  if (axis.size() != 1) return r.error("expected one axis");
  return r.result(op::expand_dims, {x}, AxesAttrs{std::move(axis)});
}

constexpr TypeVersion kExpandDimsVersions[] = {
    {DType::kF32, 1, "1.10.0"},      {DType::kF16, 1, "1.10.0"},       {DType::kI8, 1, "1.10.0"},
    {DType::kU8, 1, "1.10.0"},       {DType::kI16, 1, "1.10.0"},       {DType::kI8, 1, "1.10.0", true},
    {DType::kU8, 1, "1.10.0", true}, {DType::kI16, 1, "1.10.0", true}, {DType::kI32, 1, "1.10.0"},
    {DType::kI64, 1, "1.10.0"},      {DType::kBool, 1, "1.10.0"}};

// One axis at a time, in the order in which they stand in the result.
Status write_expand_dims(OpWriter& w) {
  const int rank = w.result_type().shape.rank();
  std::vector<std::int64_t> axes = w.attrs<AxesAttrs>().axes;
  if (axes.empty()) return w.refuse("adds no axis", "leave it out");
  for (std::int64_t& axis : axes) axis += axis < 0 ? rank : 0;
  std::ranges::sort(axes);
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::EXPAND_DIMS, w.type(0), kExpandDimsVersions));
  PAW_ASSIGN_OR_RETURN(std::int32_t x, w.tensor(0));
  std::vector<std::int64_t> extents(w.type(0).shape.extents().begin(), w.type(0).shape.extents().end());
  for (std::size_t i = 0; i < axes.size(); ++i) {
    extents.insert(extents.begin() + axes[i], 1);
    const bool last = i + 1 == axes.size();
    const std::int32_t to =
        last ? w.result()
             : w.temporary({w.type(0).dtype, Shape(extents), w.type(0).quant}, "axis" + std::to_string(axes[i]));
    const std::int32_t inputs[] = {x, w.integers(std::span(&axes[i], 1), "axis")};
    w.append(kind, inputs, to, schema::CreateExpandDimsOptions(w.builder()));
    x = to;
  }
  return {};
}

constexpr OpReading kExpandDimsReads[] = {{code_of(schema::BuiltinOperator::EXPAND_DIMS), 2, 2, 2, read_expand_dims}};

}  // namespace

constinit const OpSupport expand_dims{.op = &op::expand_dims, .reads = kExpandDimsReads, .write = write_expand_dims};

}  // namespace paw::tflite::ops
