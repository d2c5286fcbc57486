#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::exp, operands);
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::EXP), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport exp{.op = &op::exp, .reads = kReads};

}  // namespace paw::tflite::ops
