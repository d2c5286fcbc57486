#include "train/class_weights.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace paw {

std::vector<double> balanced_weights(std::span<const std::int64_t> examples) {
  const auto all = static_cast<double>(std::accumulate(examples.begin(), examples.end(), std::int64_t{0}));
  const auto classes = std::ranges::count_if(examples, [](std::int64_t n) { return n > 0; });
  std::vector<double> weights;
  for (const std::int64_t n : examples) {
    weights.push_back(n > 0 ? all / (static_cast<double>(classes) * static_cast<double>(n)) : 0);
  }
  return weights;
}

Status check_class_weights(std::span<const double> weights, std::int64_t classes) {
  const auto refuse = [](std::string_view message) {
    return fail(ErrorCode::kUsage, "class weights", message, "give a finite number of at least 0 per class");
  };
  if (static_cast<std::int64_t>(weights.size()) != classes) {
    return refuse("there are " + std::to_string(weights.size()) + " for " + std::to_string(classes) + " classes");
  }
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (!(weights[c] >= 0) || std::isinf(weights[c])) {
      return refuse("that of class " + std::to_string(c) + " is " + std::to_string(weights[c]));
    }
  }
  if (std::ranges::max(weights) == 0) return refuse("all are 0");
  return {};
}

void weigh_targets(std::span<const double> weights, std::span<const float> targets, std::span<float> weighted) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    weighted[i] = static_cast<float>(static_cast<double>(targets[i]) * weights[i % weights.size()]);
  }
}

}  // namespace paw
