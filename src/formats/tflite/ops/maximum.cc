#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::maximum, operands);
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::MAXIMUM), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport maximum{.op = &op::maximum, .reads = kReads};

}  // namespace paw::tflite::ops
