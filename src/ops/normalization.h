// Attributes of batch_norm*, dropout.
#pragma once

#include "ir/attrs.h"

namespace paw {

// Normalises over the last axis (channels).
struct BatchNormAttrs {
  double epsilon = 1e-3;
  void fields(auto& v) { v("epsilon", epsilon); }
  bool operator==(const BatchNormAttrs&) const = default;
};

// Zeroes a share `rate` of the elements and scales the rest by 1 / (1 - rate). The mask is a pure function of the seed
// input i64[2] = {seed, step} and the element's index. Without the seed (inference): y = x.
struct DropoutAttrs {
  double rate = 0.5;        // in [0, 1)
  std::int64_t stream = 0;  // tells the dropout nodes of one graph apart
  void fields(auto& v) {
    v("rate", rate);
    v("stream", stream);
  }
  bool operator==(const DropoutAttrs&) const = default;
};

}  // namespace paw
