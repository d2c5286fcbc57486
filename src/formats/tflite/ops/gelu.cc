#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::GeluOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  return r.result(op::gelu, {x}, GeluAttrs{o->approximate()});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::GELU), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport gelu{.op = &op::gelu, .reads = kReads};

}  // namespace paw::tflite::ops
