// Attributes of the parametrised activations.
#pragma once

#include <limits>

#include "ir/attrs.h"

namespace paw {

// y = min(max(x, min), max). Infinite bounds are allowed; min <= max.
struct ClampAttrs {
  double min = -std::numeric_limits<double>::infinity();
  double max = std::numeric_limits<double>::infinity();
  void fields(auto& v) {
    v("min", min);
    v("max", max);
  }
  bool operator==(const ClampAttrs&) const = default;
};

struct LeakyReluAttrs {
  double alpha = 0.01;
  void fields(auto& v) { v("alpha", alpha); }
  bool operator==(const LeakyReluAttrs&) const = default;
};

struct GeluAttrs {
  bool approximate = false;  // the tanh form
  void fields(auto& v) { v("approximate", approximate); }
  bool operator==(const GeluAttrs&) const = default;
};

// softmax, log_softmax. Negative axes count from the end.
struct SoftmaxAttrs {
  std::int64_t axis = -1;
  void fields(auto& v) { v("axis", axis); }
  bool operator==(const SoftmaxAttrs&) const = default;
};

}  // namespace paw
