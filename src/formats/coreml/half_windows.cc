#include "formats/coreml/half_windows.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "tensor/half.h"

namespace paw::coreml {

namespace {

constexpr std::uint16_t kLargest = 0x7BFF, kSign = 0x8000;

// The neighbour of a finite float16 towards `value`, which is not it.
std::uint16_t other_neighbour(std::uint16_t half, double value) {
  const double at = half_to_float(half);
  const bool negative = (half & kSign) != 0, zero = (half & ~kSign) == 0;
  if (zero) return value < 0 ? kSign | 1 : 1;
  const bool away = negative ? value < at : value > at;
  return static_cast<std::uint16_t>(away ? half + 1 : half - 1);
}

struct Flip {
  std::size_t at = 0;
  std::uint16_t to = 0;
  double change = 0;  // of the sum of errors
  double cost = 0;    // squared error that it adds
};

// `flips` is scratch.
void round_window(std::span<const float> window, std::span<std::uint16_t> half, std::vector<Flip>& flips) {
  double sum = 0;
  flips.clear();
  for (std::size_t i = 0; i < window.size(); ++i) {
    const double value = window[i];
    half[i] = double_to_half(value);
    if (!std::isfinite(value) || (half[i] & ~kSign) > kLargest) continue;
    const double error = half_to_float(half[i]) - value;
    sum += error;
    if (error == 0) continue;
    const std::uint16_t to = other_neighbour(half[i], value);
    if ((to & ~kSign) > kLargest) continue;
    const double other = half_to_float(to) - value;
    flips.push_back({i, to, other - error, other * other - error * error});
  }
  std::ranges::sort(flips, {}, [](const Flip& f) { return std::pair(f.cost, f.at); });
  for (const Flip& flip : flips) {
    if (std::abs(sum + flip.change) >= std::abs(sum)) continue;
    sum += flip.change;
    half[flip.at] = flip.to;
  }
}

}  // namespace

void round_windows_to_half(std::span<const float> weights, std::size_t window, std::span<std::uint16_t> half) {
  std::vector<Flip> flips;
  flips.reserve(window);
  for (std::size_t i = 0; i < weights.size(); i += window) {
    round_window(weights.subspan(i, window), half.subspan(i, window), flips);
  }
}

}  // namespace paw::coreml
