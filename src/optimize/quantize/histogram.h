// How often a value of a graph lies where: a histogram whose bins widen as larger numbers come.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace paw {

// Bins are 2^e wide and start at multiples of that, e the least with which all numbers fit. So the result does not
// depend on the order of what is added, and an end of the range is known to 1/1024 of the largest magnitude or better.
class Histogram {
 public:
  static constexpr std::int32_t kHalf = 2048;  // bins of either sign

  // Finite numbers only, none of which is farther from 0 than `farthest`.
  void add(std::span<const float> numbers, float farthest);
  void add(const Histogram& other);

  double bin_width() const;
  // Middle of bin i of 2 * kHalf.
  double middle(std::int32_t i) const { return (i - kHalf + 0.5) * bin_width(); }
  // Empty when nothing was added; else 2 * kHalf counts.
  std::span<const std::int64_t> counts() const { return counts_; }
  std::int64_t total() const;

 private:
  void widen(std::int32_t exponent);

  std::vector<std::int64_t> counts_;
  std::int32_t exponent_ = -140;  // below every float
};

}  // namespace paw
