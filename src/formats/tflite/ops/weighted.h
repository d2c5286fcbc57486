// What conv2d, depthwise_conv2d and fully_connected share when they are written: which forms of weights what runs the
// file computes rightly. Others are refused, although the format could hold them.
#pragma once

#include "formats/tflite/writer.h"

namespace paw::tflite::ops {

struct WeightedForm {
  enum class Kind : std::uint8_t {
    kFloat,    // f32 all through
    kDynamic,  // f32 beside weights of integers: activations are quantised while the model runs
    kU8,       // u8 all through, one scale per tensor
    kI8,
    kI16,  // i16 beside i8 weights
  };
  Kind kind = Kind::kFloat;
  DType weights = DType::kF32;
  bool per_channel = false;
};

// `channels`: the axis of the weights that may have scales of its own.
Result<WeightedForm> weighted_form(const OpWriter& w, int channels);

// x, weights and bias; the bias of i16 layers as 64 bits. `keep_place`: an absent bias is said to be absent, not left
// out.
Result<std::vector<std::int32_t>> weighted_inputs(OpWriter& w, const WeightedForm& form, bool keep_place);

// The weights, constant and with one scale, as a tensor with that scale for every index of `channels`.
std::int32_t per_channel_weights(OpWriter& w, int channels);

}  // namespace paw::tflite::ops
