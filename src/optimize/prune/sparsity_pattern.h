// Which weights of a layer become zero, given how much each counts.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "tensor/type.h"

namespace paw {

struct SparsityPattern {
  int percent = 0;           // 1 to 99: of the weights; 0: two_of_four
  int block = 1;             // 1 to 16: so many weights along the last axis go together
  bool two_of_four = false;  // of any four in a row along the last axis two (Mishra et al. 2021)
  bool operator==(const SparsityPattern&) const = default;
};

// Of weights of `shape` those that stay, by their squares or other scores that add up; the later of equals. nullopt:
// the last axis (input channels) is no multiple of the block, or of four: the layer stays dense.
std::optional<std::vector<bool>> kept_weights(const SparsityPattern& pattern, std::span<const double> scores,
                                              const Shape& shape);

}  // namespace paw
