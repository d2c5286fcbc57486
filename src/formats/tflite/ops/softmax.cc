#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::SoftmaxOptions>());
  PAW_ASSIGN_OR_RETURN(ValueId x, r.in(0));
  if (o->beta() != 1) {
    if (r.type(x).quant) return r.error("sharpens quantised scores (beta other than 1), which is not read");
    PAW_ASSIGN_OR_RETURN(const ValueId beta, r.scalar(o->beta(), r.type(x).dtype));
    PAW_ASSIGN_OR_RETURN(x, r.step(op::mul, {x, beta}));
  }
  return r.result(op::softmax, {x}, SoftmaxAttrs{});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::SOFTMAX), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport softmax{.op = &op::softmax, .reads = kReads};

}  // namespace paw::tflite::ops
