// Weights of classes: how much an example of each counts in the loss.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"

namespace paw {

// From the number of examples of each class: with these, every class counts the same in all, and the average example 1:
// N / (C n), N examples in C classes, n of the class. A class without examples is not counted and has weight 0.
std::vector<double> balanced_weights(std::span<const std::int64_t> examples);

// kUsage: not one weight per class, one that is no finite number of at least 0, or none above 0.
Status check_class_weights(std::span<const double> weights, std::int64_t classes);

// Rows of class probabilities, each number times the weight of its class.
void weigh_targets(std::span<const double> weights, std::span<const float> targets, std::span<float> weighted);

}  // namespace paw
