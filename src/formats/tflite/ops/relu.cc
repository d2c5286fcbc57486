#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_relu(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::relu, operands);
}

constexpr TypeVersion kReluVersions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "2.1.0"}, {DType::kU8, 2, "2.1.0"}, {DType::kI16, 3, "2.5.0"}};

Status write_relu(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::RELU, w.type(0), kReluVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

constexpr OpReading kReluReads[] = {{code_of(schema::BuiltinOperator::RELU), 1, 1, 1, read_relu}};

}  // namespace

constinit const OpSupport relu{.op = &op::relu, .reads = kReluReads, .write = write_relu};

}  // namespace paw::tflite::ops
