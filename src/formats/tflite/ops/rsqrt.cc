#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_rsqrt(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::rsqrt, operands);
}

constexpr TypeVersion kRsqrtVersions[] = {{DType::kF32, 1, "1.10.0"}};

Status write_rsqrt(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::RSQRT, w.type(0), kRsqrtVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

constexpr OpReading kRsqrtReads[] = {{code_of(schema::BuiltinOperator::RSQRT), 1, 1, 1, read_rsqrt}};

}  // namespace

constinit const OpSupport rsqrt{.op = &op::rsqrt, .reads = kRsqrtReads, .write = write_rsqrt};

}  // namespace paw::tflite::ops
