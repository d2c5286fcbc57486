#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::MulOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> operands, r.all_inputs());
  return r.result(op::mul, operands, {}, o->fused_activation());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::MUL), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport mul{.op = &op::mul, .reads = kReads};

}  // namespace paw::tflite::ops
