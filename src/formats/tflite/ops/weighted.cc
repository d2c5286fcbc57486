#include "formats/tflite/ops/weighted.h"

#include <algorithm>
#include <cmath>

#include "formats/tflite/load.h"

namespace paw::tflite::ops {

namespace {

using Kind = WeightedForm::Kind;

constexpr double kBiasTolerance = 1e-3;  // relative: what rounding of scales by other tools leaves

std::unexpected<Error> refuse_types(const OpWriter& w) {
  return w.refuse("is not held with x " + w.type(0).text() + ", weights " + w.type(1).text() + " and a result " +
                      w.result_type().text(),
                  "weights of float16 go through a cast to f32, others through dequantize");
}

bool one_scale(const TensorType& type) { return type.quant && type.quant->axis < 0 && type.quant->block == 0; }

bool symmetric(const TensorType& type) {
  return std::ranges::all_of(type.quant->zero_point, [](std::int32_t z) { return z == 0; });
}

Result<Kind> kind_of_weights(const OpWriter& w) {
  const DType x = w.type(0).dtype, y = w.result_type().dtype, weights = w.type(1).dtype;
  if (x != y) return refuse_types(w);
  const bool integers = w.type(1).quant != nullptr;
  if (x == DType::kF32 && weights == DType::kF32) return Kind::kFloat;
  if (x == DType::kF32 && integers && (weights == DType::kI8 || weights == DType::kI4)) return Kind::kDynamic;
  if (!one_scale(w.type(0)) || !one_scale(w.result_type()) || !integers) return refuse_types(w);
  if (x == DType::kU8 && weights == DType::kU8) return Kind::kU8;
  if (x == DType::kI8 && (weights == DType::kI8 || weights == DType::kI4)) return Kind::kI8;
  if (x == DType::kI16 && weights == DType::kI8) return Kind::kI16;
  return refuse_types(w);
}

Status check_weights(const OpWriter& w, Kind kind, int channels) {
  const TensorType& type = w.type(1);
  const QuantParams& quant = *type.quant;
  if (quant.block > 0) {
    return w.refuse("has weights quantised block by block, which LiteRT computes wrongly or not at all",
                    "quantise the weights per channel");
  }
  if (kind == Kind::kU8) {
    if (one_scale(type)) return {};
    return w.refuse("has u8 weights with one scale per channel; LiteRT wants one per tensor", "use i8 weights");
  }
  if (!symmetric(type)) return w.refuse("has signed weights with a zero point other than 0, which LiteRT ignores");
  if (quant.axis >= 0 && quant.axis != channels) {
    return w.refuse("has weights with scales along axis " + std::to_string(quant.axis) + "; LiteRT wants axis " +
                    std::to_string(channels));
  }
  if (!w.is_constant(1)) return w.refuse("has integer weights that are computed while it runs");
  if (type.dtype != DType::kI8) return {};
  const Tensor weights = w.constant(1);
  if (std::ranges::find(weights.as<std::int8_t>(), std::int8_t{-128}) == weights.as<std::int8_t>().end()) return {};
  return w.refuse("has i8 weights of -128, which integer kernels may not be given", "quantise them to -127 ... 127");
}

// The integer kernels add the bias to the accumulator as it is, whatever scale is stated.
Status check_bias(const OpWriter& w, Kind kind) {
  if (!w.has(2)) return {};
  const TensorType& bias = w.type(2);
  if (kind == Kind::kFloat || kind == Kind::kDynamic) {
    return bias.dtype == DType::kF32 ? Status() : w.refuse("wants an f32 bias, got " + bias.text());
  }
  if (bias.dtype != DType::kI32 || !bias.quant || !symmetric(bias) || !w.is_constant(2)) {
    return w.refuse("wants a constant bias of quantised i32 with zero point 0, got " + bias.text());
  }
  const QuantParams& weights = *w.type(1).quant;
  if (bias.quant->scale.size() != weights.scale.size()) {
    return w.refuse("wants as many scales for the bias as for the weights");
  }
  for (std::size_t i = 0; i < weights.scale.size(); ++i) {
    const double expected = static_cast<double>(w.type(0).quant->scale[0]) * weights.scale[i];
    if (std::abs(bias.quant->scale[i] - expected) <= kBiasTolerance * expected) continue;
    return w.refuse("has a bias whose scale is not that of the input times that of the weights");
  }
  return {};
}

// One 0 per output channel, in the type that the layer's form has.
Tensor zero_bias(const OpWriter& w, const WeightedForm& form) {
  TensorType type{DType::kF32, Shape{w.result_type().shape.back()}};
  if (form.kind == Kind::kFloat || form.kind == Kind::kDynamic) return Tensor::zeros(type);
  type.dtype = form.kind == Kind::kI16 ? DType::kI64 : DType::kI32;
  QuantParams quant = *w.type(1).quant;
  quant.axis = quant.axis < 0 ? -1 : 0;
  std::ranges::fill(quant.zero_point, 0);
  for (float& scale : quant.scale) scale *= w.type(0).quant->scale[0];
  type.quant = std::make_shared<const QuantParams>(std::move(quant));
  return Tensor::zeros(type);
}

}  // namespace

Result<WeightedForm> weighted_form(const OpWriter& w, int channels) {
  PAW_ASSIGN_OR_RETURN(const Kind kind, kind_of_weights(w));
  if (kind != Kind::kFloat) PAW_RETURN_IF_ERROR(check_weights(w, kind, channels));
  PAW_RETURN_IF_ERROR(check_bias(w, kind));
  if (kind == Kind::kI16 && !(symmetric(w.type(0)) && symmetric(w.result_type()))) {
    return w.refuse("has i16 activations with a zero point other than 0");
  }
  return WeightedForm{kind, w.type(1).dtype, w.type(1).quant && w.type(1).quant->axis >= 0};
}

Result<std::vector<std::int32_t>> weighted_inputs(OpWriter& w, const WeightedForm& form, bool zeros) {
  PAW_ASSIGN_OR_RETURN(const std::int32_t x, w.tensor(0));
  PAW_ASSIGN_OR_RETURN(const std::int32_t weights, w.tensor(1));
  std::vector<std::int32_t> inputs = {x, weights};
  if (!w.has(2)) {
    inputs.push_back(zeros ? w.constant(zero_bias(w, form), "bias") : kAbsent);
    return inputs;
  }
  if (form.kind == Kind::kI16) {
    const Tensor narrow = w.constant(2);
    const TensorType wide{DType::kI64, narrow.type.shape, narrow.type.quant};
    inputs.push_back(w.constant(tensor_from_stored(wide, stored_values(narrow)), "bias"));
    return inputs;
  }
  PAW_ASSIGN_OR_RETURN(const std::int32_t bias, w.tensor(2));
  inputs.push_back(bias);
  return inputs;
}

std::int32_t per_channel_weights(OpWriter& w, int channels) {
  Tensor weights = w.constant(1);
  const auto count = static_cast<std::size_t>(weights.type.shape[channels]);
  weights.type.quant =
      std::make_shared<const QuantParams>(QuantParams{.scale = std::vector<float>(count, weights.type.quant->scale[0]),
                                                      .zero_point = std::vector<std::int32_t>(count, 0),
                                                      .axis = channels});
  return w.constant(weights, "weights");
}

}  // namespace paw::tflite::ops
