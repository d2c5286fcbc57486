#include "train/divergence.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace paw {

namespace {

constexpr double kExploded = 100;
// A weight below this counts as this: biases and offsets begin at 0.
constexpr double kSmallWeight = 0.01;

bool finite(const Tensor& tensor) {
  return std::ranges::all_of(tensor.as<float>(), [](float v) { return std::isfinite(v); });
}

double largest(const Tensor& tensor) {
  double most = 0;
  for (const float v : tensor.as<float>()) most = std::max(most, std::abs(static_cast<double>(v)));
  return most;
}

}  // namespace

LossWatch::LossWatch(std::int64_t classes, std::span<const double> class_weights)
    : guessing_(std::log(static_cast<double>(std::max<std::int64_t>(classes, 2)))) {
  if (!class_weights.empty()) guessing_ *= std::ranges::max(class_weights);
}

double LossWatch::usual() const { return std::max(guessing_, least_.value_or(0)); }

bool LossWatch::accepts(double loss) {
  if (!std::isfinite(loss)) return false;
  if (!least_) least_ = loss;
  return loss <= kExploded * usual();
}

void LossWatch::epoch_done(double mean_loss) { least_ = std::min(least_.value_or(mean_loss), mean_loss); }

std::string layer_to_blame(const Graph& net, const StepGraph& step, const std::vector<Tensor>& before,
                           const std::vector<Tensor>& after) {
  std::string layer;
  double most = 0;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const StepState& state = step.states[i];
    if (state.role != StepState::Role::kParameter) continue;
    if (!finite(after[i])) return "the first weights that are no numbers: " + net.label(state.source);
    const double now = largest(after[i]), growth = now / std::max(largest(before[i]), kSmallWeight);
    if (growth <= most) continue;
    most = growth;
    layer = "the weights that grew most: " + net.label(state.source) + ", " + short_number(growth) + " times, to " +
            short_number(now);
  }
  return layer;
}

std::string short_number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.3g", value);
  return text;
}

bool all_finite(const std::vector<Tensor>& values) { return std::ranges::all_of(values, finite); }

}  // namespace paw
