#include "ops/conv2d.h"

#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/weighted.h"
#include "formats/tflite/ops/windows.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"
#include "ops/conv_common.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite::ops {

namespace {

Status read_conv2d(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const auto* o, r.options<schema::Conv2DOptions>());
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.in(1));
  PAW_ASSIGN_OR_RETURN(const ValueId bias, r.bias(2));
  Conv2dAttrs attrs{.stride = {o->stride_h(), o->stride_w()},
                    .dilation = {o->dilation_h(), o->dilation_w()},
                    .padding = o->padding() == schema::Padding::SAME ? Padding::kSame : Padding::kValid};
  // The file does not say how many groups there are: the weights' channels do.
  const Shape xs = r.type(x).shape, ws = r.type(weights).shape;
  if (xs.rank() == 4 && ws.rank() == 4 && xs[3] % ws[3] == 0) attrs.groups = xs[3] / ws[3];
  return r.result(op::conv2d, std::array{x, weights, bias}, attrs, o->fused_activation());
}

OperatorKind kind_of_conv2d(const WeightedForm& form, bool groups) {
  constexpr std::int32_t kCode = code_of(schema::BuiltinOperator::CONV_2D);
  if (groups) return {kCode, 6, "2.9.0"};
  if (form.weights == DType::kI4) return {kCode, 7, "2.11.0"};
  switch (form.kind) {
    case WeightedForm::Kind::kI16: return {kCode, 4, "2.3.0"};
    case WeightedForm::Kind::kI8: return {kCode, 3, "1.14.0"};
    case WeightedForm::Kind::kDynamic:
      return form.per_channel ? OperatorKind{kCode, 5, "2.4.0"} : OperatorKind{kCode, 2, "1.14.0"};
    default: return {kCode, 1, "1.5.0"};
  }
}

Status write_conv2d(OpWriter& w) {
  const auto& a = w.attrs<Conv2dAttrs>();
  PAW_ASSIGN_OR_RETURN(const WeightedForm form, weighted_form(w, 0));
  PAW_ASSIGN_OR_RETURN(const ConvGeometry g, resolve_conv(w.call(), w.type(0).shape, w.type(1).shape, a));
  PAW_ASSIGN_OR_RETURN(const WrittenWindow window, write_window(w, g.window, a.padding, 0));
  PAW_ASSIGN_OR_RETURN(std::vector<std::int32_t> inputs, weighted_inputs(w, form, true));
  inputs[0] = window.x;
  // With groups, dynamic layers want a scale per channel: one for all is repeated.
  if (a.groups > 1 && form.kind == WeightedForm::Kind::kDynamic && !form.per_channel) {
    inputs[1] = per_channel_weights(w, 0);
  }
  w.append(kind_of_conv2d(form, a.groups > 1), inputs, w.result(),
           schema::CreateConv2DOptions(w.builder(), window.same ? schema::Padding::SAME : schema::Padding::VALID,
                                       narrow(a.stride[1]), narrow(a.stride[0]), w.activation(), narrow(a.dilation[1]),
                                       narrow(a.dilation[0])));
  return {};
}

constexpr OpReading kConv2dReads[] = {{code_of(schema::BuiltinOperator::CONV_2D), 2, 3, 2, read_conv2d}};

}  // namespace

constinit const OpSupport conv2d{.op = &op::conv2d, .reads = kConv2dReads, .write = write_conv2d};

}  // namespace paw::tflite::ops
