// For tests of integer kernels: random operands of every kind, and bytes compared on every tier, cut at odd places.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/kernel_testing.h"

namespace paw {

inline std::int32_t stored(std::uint8_t byte, bool is_signed) {
  return is_signed ? static_cast<std::int8_t>(byte) : static_cast<std::int32_t>(byte);
}

inline std::vector<std::uint8_t> random_bytes(Random& random, std::int64_t count) {
  std::vector<std::uint8_t> out(static_cast<std::size_t>(count));
  for (std::uint8_t& v : out) v = static_cast<std::uint8_t>(random.below(256));
  return out;
}

inline std::int32_t random_zero(Random& random, bool is_signed) {
  return static_cast<std::int32_t>(random.below(256)) - (is_signed ? 128 : 0);
}

// A way to round, a range of results and one scale per channel, of sums of about `spread`.
struct RandomScales {
  Requantise way;
  Quantised y;
  std::vector<std::int32_t> scale, shift;
};
inline RandomScales random_scales(Random& random, bool is_signed, std::int64_t channels, double spread) {
  RandomScales out{static_cast<Requantise>(random.below(3)), {}, {}, {}};
  const std::int32_t lowest = is_signed ? -128 : 0;
  out.y = {random_zero(random, is_signed), lowest, lowest + 255};
  if (random.below(2) == 0) out.y.min = lowest + static_cast<std::int32_t>(random.below(100));
  for (std::int64_t c = 0; c < channels; ++c) {
    const double factor = 100.0 / spread * random.uniform(0.2, 2.0);
    const FixedScale fixed = fixed_scale(factor);
    const auto bits = __builtin_bit_cast(std::uint64_t, factor);
    const auto low = static_cast<std::int32_t>(bits & 0xFFFFFFFF), high = static_cast<std::int32_t>(bits >> 32);
    const auto as_float = __builtin_bit_cast(std::int32_t, static_cast<float>(factor));
    out.scale.push_back(out.way == Requantise::kFloat  ? as_float
                        : out.way == Requantise::kReal ? low
                                                       : fixed.multiplier);
    out.shift.push_back(out.way == Requantise::kFloat ? 0 : out.way == Requantise::kReal ? high : fixed.shift);
  }
  return out;
}

// The definition, sum by sum.
inline std::uint8_t requantised(std::int32_t sum, const RandomScales& s, std::size_t c) {
  const FixedScale fixed{s.scale[c], s.shift[c]};
  std::int32_t v = 0;
  switch (s.way) {
    case Requantise::kFloat: v = scaled_float(sum, __builtin_bit_cast(float, s.scale[c]), s.y); break;
    case Requantise::kDouble: v = scaled_twice_rounded(sum, fixed) + s.y.zero; break;
    case Requantise::kReal: v = scaled_real(sum, fixed) + s.y.zero; break;
  }
  return static_cast<std::uint8_t>(clamped(v, s.y.min, s.y.max));
}

// run(kernels, y, range) on every tier, whole and in odd pieces, gives exactly `expected`.
template <class Run>
void expect_bytes_on_every_tier(std::int64_t units, const std::vector<std::uint8_t>& expected, const std::string& what,
                                Run run) {
  for (const Isa isa : available_isas()) {
    std::vector<std::uint8_t> whole(expected.size(), 0xAA), pieces(expected.size(), 0x55);
    run(kernel_table(isa), whole.data(), Range{0, units});
    for (const Range range : odd_pieces(units)) run(kernel_table(isa), pieces.data(), range);
    ASSERT_EQ(whole, expected) << what << " on " << name(isa);
    ASSERT_EQ(pieces, expected) << what << " on " << name(isa) << " in pieces";
  }
}

}  // namespace paw
