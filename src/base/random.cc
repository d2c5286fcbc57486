#include "base/random.h"

#include <cmath>
#include <numbers>

namespace paw {

namespace {

constexpr std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}
constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15u;  // 2^64 / golden ratio

double to_unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace

std::uint64_t random_bits(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
  return mix(mix(mix(seed + kGolden) + stream * kGolden) + (counter + 1) * kGolden);
}

double random_uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
  return to_unit(random_bits(seed, stream, counter));
}

double random_normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t counter) {
  const std::uint64_t bits = random_bits(seed, stream, counter);
  const double u1 = 1.0 - to_unit(bits);  // in (0, 1]: the logarithm is finite
  const double u2 = to_unit(mix(bits + kGolden));
  return std::sqrt(-2.0 * std::log(u1)) * std::cos(2.0 * std::numbers::pi * u2);
}

}  // namespace paw
