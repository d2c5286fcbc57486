#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> shape, r.integers(1, "new shape"));
  return r.result(op::broadcast_to, {x}, ShapeAttrs{std::move(shape)});
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::BROADCAST_TO), 2, 2, 2, read}};

}  // namespace

constinit const OpSupport broadcast_to{.op = &op::broadcast_to, .reads = kReads};

}  // namespace paw::tflite::ops
