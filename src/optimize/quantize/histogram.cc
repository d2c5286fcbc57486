#include "optimize/quantize/histogram.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace paw {

namespace {

// The least e with farthest < kHalf * 2^e.
std::int32_t exponent_for(float farthest) {
  constexpr std::int32_t kLeast = -130;
  if (farthest <= 0) return kLeast;
  return std::max(std::ilogb(farthest) + 1 - 11, kLeast);  // 2^11 = kHalf
}

}  // namespace

double Histogram::bin_width() const { return std::ldexp(1.0, exponent_); }

std::int64_t Histogram::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}); }

void Histogram::widen(std::int32_t exponent) {
  if (counts_.empty()) counts_.resize(2 * kHalf);
  if (exponent <= exponent_) return;
  const std::int32_t by = std::min(exponent - exponent_, 31);
  std::vector<std::int64_t> wider(counts_.size());
  for (std::int32_t i = 0; i < 2 * kHalf; ++i) {
    const std::int32_t to = ((i - kHalf) >> by) + kHalf;
    wider[static_cast<std::size_t>(to)] += counts_[static_cast<std::size_t>(i)];
  }
  counts_ = std::move(wider);
  exponent_ = exponent;
}

void Histogram::add(std::span<const float> numbers, float farthest) {
  if (numbers.empty()) return;
  widen(exponent_for(farthest));
  const double per_width = std::ldexp(1.0, -exponent_);
  for (const float v : numbers) {
    ++counts_[static_cast<std::size_t>(static_cast<std::int32_t>(v * per_width + kHalf))];
  }
}

void Histogram::add(const Histogram& other) {
  if (other.counts_.empty()) return;
  Histogram copy = other;
  copy.widen(exponent_);
  widen(copy.exponent_);
  for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += copy.counts_[i];
}

}  // namespace paw
