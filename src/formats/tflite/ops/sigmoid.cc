#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_sigmoid(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::sigmoid, operands);
}

constexpr TypeVersion kSigmoidVersions[] = {
    {DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.14.0"}, {DType::kI16, 3, "2.3.0"}};

Status write_sigmoid(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::LOGISTIC, w.type(0), kSigmoidVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

constexpr OpReading kSigmoidReads[] = {{code_of(schema::BuiltinOperator::LOGISTIC), 1, 1, 1, read_sigmoid}};

}  // namespace

constinit const OpSupport sigmoid{.op = &op::sigmoid, .reads = kSigmoidReads, .write = write_sigmoid};

}  // namespace paw::tflite::ops
