// What training and evaluation read: examples by number, as a model takes them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "base/error.h"

namespace paw {

class ExampleSource {
 public:
  virtual ~ExampleSource() = default;
  virtual std::int64_t size() const = 0;
  // Writes example `index` as it looks in `epoch` (augmentation; evaluation asks for epoch 0): the model's input
  // [H,W,C] and the probability of each class, where `target` is longer followed by a hint (TrainingFormOptions). A
  // pure function of its arguments; called from several threads.
  virtual Status read(std::int64_t index, std::int64_t epoch, std::span<float> input,
                      std::span<float> target) const = 0;
};

// The class that scores or probabilities name; the first of several.
inline std::int64_t best_class(std::span<const float> scores) {
  return std::ranges::max_element(scores) - scores.begin();
}

}  // namespace paw
