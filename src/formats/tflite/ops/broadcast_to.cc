#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_broadcast_to(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> shape, r.integers(1, "new shape"));
  return r.result(op::broadcast_to, {x}, ShapeAttrs{std::move(shape)});
}

constexpr TypeVersion kBroadcastToVersions[] = {
    {DType::kF32, 2, "2.5.0"}, {DType::kI8, 3, "2.5.0"},  {DType::kU8, 2, "2.5.0"},  {DType::kI16, 3, "2.5.0"},
    {DType::kI32, 2, "2.5.0"}, {DType::kI64, 2, "2.5.0"}, {DType::kBool, 2, "2.5.0"}};

Status write_broadcast_to(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       w.kind(schema::BuiltinOperator::BROADCAST_TO, w.type(0), kBroadcastToVersions));
  const std::vector<std::int64_t>& shape = w.attrs<ShapeAttrs>().shape;
  if (shape.empty()) return w.refuse("has nothing to broadcast", "leave it out");
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  const std::int32_t inputs[] = {x, w.integers(shape, "shape")};
  w.append(kind, inputs, w.result(), schema::CreateBroadcastToOptions(w.builder()));
  return {};
}

constexpr OpReading kBroadcastToReads[] = {
    {code_of(schema::BuiltinOperator::BROADCAST_TO), 2, 2, 2, read_broadcast_to}};

}  // namespace

constinit const OpSupport broadcast_to{
    .op = &op::broadcast_to, .reads = kBroadcastToReads, .write = write_broadcast_to};

}  // namespace paw::tflite::ops
