#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// An empty list means every axis of extent 1.
Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::SqueezeOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  AxesAttrs attrs;
  if (o->squeeze_dims() != nullptr) attrs.axes.assign(o->squeeze_dims()->begin(), o->squeeze_dims()->end());
  const Shape shape = r.type(x).shape;
  for (int axis = 0; attrs.axes.empty() && axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) attrs.axes.push_back(axis);
  }
  return r.result(op::squeeze, {x}, std::move(attrs));
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::SQUEEZE), 1, 1, 1, read}};

}  // namespace

constinit const OpSupport squeeze{.op = &op::squeeze, .reads = kReads};

}  // namespace paw::tflite::ops
