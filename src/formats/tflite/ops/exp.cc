#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_exp(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::exp, operands);
}

constexpr TypeVersion kExpVersions[] = {{DType::kF32, 1, "1.7.0"}};

Status write_exp(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::EXP, w.type(0), kExpVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateExpOptions(w.builder()));
  return {};
}

constexpr OpReading kExpReads[] = {{code_of(schema::BuiltinOperator::EXP), 1, 1, 1, read_exp}};

}  // namespace

constinit const OpSupport exp{.op = &op::exp, .reads = kExpReads, .write = write_exp};

}  // namespace paw::tflite::ops
