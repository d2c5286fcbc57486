#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r, double min) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  return r.result(op::clamp, {x}, ClampAttrs{min, 1});
}

Status read_minus_1_to_1(OpReader& r) { return read(r, -1); }
Status read_0_to_1(OpReader& r) { return read(r, 0); }

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::RELU_N1_TO_1), 1, 1, 1, read_minus_1_to_1},
                                {code_of(schema::BuiltinOperator::RELU_0_TO_1), 1, 1, 1, read_0_to_1}};

}  // namespace

constinit const OpSupport clamp{.op = &op::clamp, .reads = kReads};

}  // namespace paw::tflite::ops
