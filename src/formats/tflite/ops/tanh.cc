#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_tanh(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::tanh, operands);
}

constexpr TypeVersion kTanhVersions[] = {
    {DType::kF32, 1, "1.14.0"}, {DType::kI8, 2, "1.14.0"}, {DType::kU8, 1, "1.14.0"}, {DType::kI16, 3, "2.3.0"}};

Status write_tanh(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::TANH, w.type(0), kTanhVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

constexpr OpReading kTanhReads[] = {{code_of(schema::BuiltinOperator::TANH), 1, 1, 1, read_tanh}};

}  // namespace

constinit const OpSupport tanh{.op = &op::tanh, .reads = kTanhReads, .write = write_tanh};

}  // namespace paw::tflite::ops
