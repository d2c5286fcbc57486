#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_abs(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::abs, operands);
}

constexpr TypeVersion kAbsVersions[] = {{DType::kF32, 1, "1.13.0"}, {DType::kI32, 5, "2.12.0"}};

Status write_abs(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::ABS, w.type(0), kAbsVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result(), schema::CreateAbsOptions(w.builder()));
  return {};
}

constexpr OpReading kAbsReads[] = {{code_of(schema::BuiltinOperator::ABS), 1, 1, 1, read_abs}};

}  // namespace

constinit const OpSupport abs{.op = &op::abs, .reads = kAbsReads, .write = write_abs};

}  // namespace paw::tflite::ops
