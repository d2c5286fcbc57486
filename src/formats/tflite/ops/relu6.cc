#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::relu6, operands);
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::RELU6), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport relu6{.op = &op::relu6, .reads = kReads};

}  // namespace paw::tflite::ops
