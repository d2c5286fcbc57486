#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// Shapes are fixed, so it is a constant.
Status read_shape(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const StatedType to, r.stated_result());
  const Shape shape = r.type(x).shape;
  if (!is_integer(to.dtype) || shape.rank() == 0) return r.error("expected integers, of something that has axes");
  const std::vector<double> extents(shape.extents().begin(), shape.extents().end());
  return r.constant(tensor_from_stored({to.dtype, Shape{shape.rank()}}, extents));
}

constexpr OpReading kShapeReads[] = {{code_of(schema::BuiltinOperator::SHAPE), 1, 1, 1, read_shape}};

}  // namespace

constinit const OpSupport shape{.reads = kShapeReads};

}  // namespace paw::tflite::ops
