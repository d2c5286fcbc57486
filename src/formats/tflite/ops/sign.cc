#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::sign, operands);
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::SIGN), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport sign{.op = &op::sign, .reads = kReads};

}  // namespace paw::tflite::ops
