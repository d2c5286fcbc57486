#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_neg(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::neg, operands);
}

constexpr TypeVersion kNegVersions[] = {
    {DType::kF32, 1, "1.9.0"}, {DType::kI32, 1, "1.9.0"}, {DType::kI64, 1, "1.9.0"}};

Status write_neg(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::NEG, w.type(0), kNegVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateNegOptions(w.builder()));
  return {};
}

constexpr OpReading kNegReads[] = {{code_of(schema::BuiltinOperator::NEG), 1, 1, 1, read_neg}};

}  // namespace

constinit const OpSupport neg{.op = &op::neg, .reads = kNegReads, .write = write_neg};

}  // namespace paw::tflite::ops
