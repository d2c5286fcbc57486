#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::ConcatenationOptions>());
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> parts, r.all_inputs());
  return r.result(op::concat, parts, ConcatAttrs{o->axis()}, o->fused_activation());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::CONCATENATION), 1, kAnyNumber, 1, read}};

}  // namespace

constinit const OpSupport concat{.op = &op::concat, .reads = kReads};

}  // namespace paw::tflite::ops
