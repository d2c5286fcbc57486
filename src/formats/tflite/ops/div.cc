#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::DivOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::div, operands, {}, o->fused_activation());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::DIV), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport div{.op = &op::div, .reads = kReads};

}  // namespace paw::tflite::ops
