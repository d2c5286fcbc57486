#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> axis, r.integers(1, "axis"));
  if (axis.size() != 1) return r.error("expected one axis");
  return r.result(op::expand_dims, {x}, AxesAttrs{std::move(axis)});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::EXPAND_DIMS), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport expand_dims{.op = &op::expand_dims, .reads = kReads};

}  // namespace paw::tflite::ops
