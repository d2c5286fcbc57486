#include "formats/tflite/op_table.h"
#include "formats/tflite/reader.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// The stored multiplier is what old runtimes read; the shapes say the same.
Status read(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::DepthwiseConv2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.in(1));
  PAW_ASSIGN_OR_RETURN(const ValueId bias, r.in(2));
  const DepthwiseConv2dAttrs attrs{.stride = {o->stride_h(), o->stride_w()},
                                   .dilation = {o->dilation_h(), o->dilation_w()},
                                   .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  return r.result(op::depthwise_conv2d, std::array{x, weights, bias}, attrs, o->fused_activation());
}

constexpr OpReading kReads[] = {{code_of(schema::BuiltinOperator::DEPTHWISE_CONV_2D), 2, 3, 2, read}};

}  // namespace

constinit const OpSupport depthwise_conv2d{.op = &op::depthwise_conv2d, .reads = kReads};

}  // namespace paw::tflite::ops
