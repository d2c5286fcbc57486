// The plans of an app: the model's, and one that tells where it looked. Class activation maps as in Zhou et al. 2016,
// arXiv:1512.04150: the dense layer after a global average, applied to every place of the last feature map instead of
// to their mean.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/error.h"
#include "ir/model.h"

namespace paw {

struct AppPlans {
  Bytes main;  // outputs: scores; with `why` also the last feature map
  // Input: that feature map, as it is stored. Output: f32 [1, height, width, classes], each class's logit by place
  // (without bias and without a divisor that all classes share). None: the model does not end in average, dense layer
  // and softmax.
  std::optional<Bytes> why;
};

// Requires a model in export form. Errors: those of lower().
Result<AppPlans> app_plans(const Model& model);

}  // namespace paw
