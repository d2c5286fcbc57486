// Counter-based randomness: a value is a pure function of (seed, stream, counter), so that work can be cut,
// reordered, resumed or spread over threads without changing a bit.
#pragma once

#include <cstdint>

namespace paw {

// 64 well-mixed bits for the triple. Source of the mixer: SplitMix64 finaliser (Steele, Lea, Flood 2014).
std::uint64_t random_bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter);

// Uniform in [0, 1) with 53 random bits.
double random_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter);

// Standard normal by Box-Muller over two uniforms derived from the triple.
double random_normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter);

// A sequential view of one (seed, stream): for tests and generators.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : seed_(seed), stream_(stream) {}
  std::uint64_t bits() { return random_bits(seed_, stream_, counter_++); }
  double uniform() { return random_uniform(seed_, stream_, counter_++); }
  double uniform(double lo, double hi) { return lo + (hi - lo) * uniform(); }
  double normal() { return random_normal(seed_, stream_, counter_++); }
  // Uniform in [0, n). Requires n > 0. The bias of the modulo is below 2^-32 for every n used here.
  std::uint64_t below(std::uint64_t n) { return bits() % n; }

 private:
  std::uint64_t seed_, stream_, counter_ = 0;
};

}  // namespace paw
