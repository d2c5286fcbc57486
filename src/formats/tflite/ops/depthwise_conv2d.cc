#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/weighted.h"
#include "formats/tflite/ops/windows.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/conv2d.h"
#include "ops/conv_common.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

// The stored multiplier is what old runtimes read; the shapes say the same.
Status read_depthwise_conv2d(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::DepthwiseConv2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.in(1));
  PAW_ASSIGN_OR_RETURN(const ValueId bias, r.bias(2));
  const DepthwiseConv2dAttrs attrs{.stride = {o->stride_h(), o->stride_w()},
                                   .dilation = {o->dilation_h(), o->dilation_w()},
                                   .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  return r.result(op::depthwise_conv2d, std::array{x, weights, bias}, attrs, o->fused_activation());
}

Result<OperatorKind> kind_of_depthwise_conv2d(const OpWriter& w, const WeightedForm& form, bool dilated) {
  constexpr std::int32_t kCode = code_of(schema::BuiltinOperator::DEPTHWISE_CONV_2D);
  const bool dynamic = form.kind == WeightedForm::Kind::kDynamic;
  if (form.weights == DType::kI4 && dynamic) {
    return w.refuse("has i4 weights beside f32 activations, which LiteRT fails to run", "use i8 weights");
  }
  if (form.weights == DType::kI4) return OperatorKind{kCode, 7, "2.11.0"};
  if (form.kind == WeightedForm::Kind::kI16) return OperatorKind{kCode, 5, "2.3.0"};
  if (dynamic) return OperatorKind{kCode, 6, "2.3.0"};
  if (form.kind == WeightedForm::Kind::kI8) return OperatorKind{kCode, 3, "1.14.0"};
  return dilated ? OperatorKind{kCode, 2, "1.12.0"} : OperatorKind{kCode, 1, "1.5.0"};
}

Status write_depthwise_conv2d(OpWriter& w) {
  const auto& a = w.attrs<DepthwiseConv2dAttrs>();
  PAW_ASSIGN_OR_RETURN(const WeightedForm form, weighted_form(w, 3));
  PAW_ASSIGN_OR_RETURN(const OperatorKind kind,
                       kind_of_depthwise_conv2d(w, form, a.dilation != std::array<std::int64_t, 2>{1, 1}));
  PAW_ASSIGN_OR_RETURN(const ConvGeometry g, resolve_conv(w.call(), w.type(0).shape, w.type(1).shape, a));
  PAW_ASSIGN_OR_RETURN(const WrittenWindow window, write_window(w, g.window, a.padding, 0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int32_t> inputs, weighted_inputs(w, form, true));
  inputs[0] = window.x;
  // LiteRT computes dynamic layers with a scale per channel, and wrongly with one for all: it is repeated.
  if (form.kind == WeightedForm::Kind::kDynamic && !form.per_channel) {
    inputs[1] = per_channel_weights(w, 3);
  }
  w.append(
      kind, inputs, w.result(),
      schema::CreateDepthwiseConv2DOptions(w.builder(), window.same ? schema::Padding::SAME : schema::Padding::VALID,
                                           narrow(a.stride[1]), narrow(a.stride[0]), narrow(g.y[3] / g.x[3]),
                                           w.activation(), narrow(a.dilation[1]), narrow(a.dilation[0])));
  return {};
}

constexpr OpReading kDepthwiseConv2dReads[] = {
    {code_of(schema::BuiltinOperator::DEPTHWISE_CONV_2D), 2, 3, 2, read_depthwise_conv2d}};

}  // namespace

constinit const OpSupport depthwise_conv2d{
    .op = &op::depthwise_conv2d, .reads = kDepthwiseConv2dReads, .write = write_depthwise_conv2d};

}  // namespace paw::tflite::ops
