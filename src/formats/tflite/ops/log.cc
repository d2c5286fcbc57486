#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_log(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::log, operands);
}

constexpr TypeVersion kLogVersions[] = {{DType::kF32, 1, "1.14.0"}};

Status write_log(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::LOG, w.type(0), kLogVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

constexpr OpReading kLogReads[] = {{code_of(schema::BuiltinOperator::LOG), 1, 1, 1, read_log}};

}  // namespace

constinit const OpSupport log{.op = &op::log, .reads = kLogReads, .write = write_log};

}  // namespace paw::tflite::ops
