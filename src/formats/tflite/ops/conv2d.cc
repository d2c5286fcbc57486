#include "ops/conv2d.h"

#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::Conv2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.in(1));
  PAW_ASSIGN_OR_RETURN(const ValueId bias, r.in(2));
  Conv2dAttrs attrs{.stride = {o->stride_h(), o->stride_w()},
                    .dilation = {o->dilation_h(), o->dilation_w()},
                    .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  // The file does not say how many groups there are: the weights' channels do.
  const Shape xs = r.type(x).shape, ws = r.type(weights).shape;
  if (xs.rank() == 4 && ws.rank() == 4 && xs[3] % ws[3] == 0) attrs.groups = xs[3] / ws[3];
  return r.result(op::conv2d, std::array{x, weights, bias}, attrs, o->fused_activation());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::CONV_2D), 2, 3, 2, read}};

}  // namespace

constinit const OpSupport conv2d{.op = &op::conv2d, .reads = kReads};

}  // namespace paw::tflite::ops
