#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_relu6(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::relu6, operands);
}

constexpr TypeVersion kRelu6Versions[] = {
    {DType::kF32, 1, "1.5.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 2, "1.14.0"}, {DType::kI16, 3, "2.5.0"}};

Status write_relu6(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::RELU6, w.type(0), kRelu6Versions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

constexpr OpReading kRelu6Reads[] = {{code_of(schema::BuiltinOperator::RELU6), 1, 1, 1, read_relu6}};

}  // namespace

constinit const OpSupport relu6{.op = &op::relu6, .reads = kRelu6Reads, .write = write_relu6};

}  // namespace paw::tflite::ops
