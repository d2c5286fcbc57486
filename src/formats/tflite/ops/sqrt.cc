#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_sqrt(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::sqrt, operands);
}

constexpr TypeVersion kSqrtVersions[] = {{DType::kF32, 1, "1.10.0"}};

Status write_sqrt(OpWriter& w) {
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind, w.kind(schema::BuiltinOperator::SQRT, w.type(0), kSqrtVersions));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int32_t> inputs, w.tensors());
  w.append(kind, inputs, w.result());
  return {};
}

constexpr OpReading kSqrtReads[] = {{code_of(schema::BuiltinOperator::SQRT), 1, 1, 1, read_sqrt}};

}  // namespace

constinit const OpSupport sqrt{.op = &op::sqrt, .reads = kSqrtReads, .write = write_sqrt};

}  // namespace paw::tflite::ops
