#include "ops/cast.h"
#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const StatedType to, r.stated_result());
  return r.result(op::cast, {x}, DtypeAttrs{to.dtype});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::CAST), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport cast{.op = &op::cast, .reads = kReads};

}  // namespace paw::tflite::ops
