#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_sign(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::sign, operands);
}

constexpr TypeVersion kSignVersions[] = {{DType::kF32, 1, "2.11.0"}, {DType::kI32, 2, "2.12.0"}};

Status write_sign(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::SIGN, w.type(0), kSignVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateSignOptions(w.builder()));
  return {};
}

constexpr OpReading kSignReads[] = {{code_of(schema::BuiltinOperator::SIGN), 1, 1, 1, read_sign}};

}  // namespace

constinit const OpSupport sign{.op = &op::sign, .reads = kSignReads, .write = write_sign};

}  // namespace paw::tflite::ops
