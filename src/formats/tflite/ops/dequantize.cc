#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// Weights stored as float16 come through it too; in the graph that is a cast.
Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const StatedType to, r.stated_result());
  const bool half = is_float(r.type(x).dtype);
  return r.result(half ? op::cast : op::dequantize, {x}, DtypeAttrs{to.dtype});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::DEQUANTIZE), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport dequantize{.op = &op::dequantize, .reads = kReads};

}  // namespace paw::tflite::ops
