// Examples that a model is tuned with: what its one input holds for each of some photos. Whoever has photos makes it,
// through the model's own preprocessing; nothing here knows photos.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tensor/shape.h"

namespace paw {

struct CalibrationSet {
  Shape shape;                // of one example: the type of the model's input, a batch of 1 for most
  std::vector<float> values;  // the examples one behind the other, each row-major

  std::int64_t size() const {
    return shape.elements() > 0 ? static_cast<std::int64_t>(values.size()) / shape.elements() : 0;
  }
  std::span<const float> example(std::int64_t i) const {
    const auto count = static_cast<std::size_t>(shape.elements());
    return std::span(values).subspan(static_cast<std::size_t>(i) * count, count);
  }
  // One example more; the caller fills it.
  std::span<float> add() {
    values.resize(values.size() + static_cast<std::size_t>(shape.elements()));
    return std::span(values).last(static_cast<std::size_t>(shape.elements()));
  }
};

}  // namespace paw
