// For kernel tests: adversarial numbers, comparison with the reference's doubles, and work cut at odd places.
// Buffers are vectors of exactly the size that a kernel may touch, so that ASan sees one element too many.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/random.h"
#include "kernels/kernels.h"

namespace paw {

inline std::vector<float> random_floats(Random& random, std::int64_t count) {
  std::vector<float> out(static_cast<std::size_t>(count));
  for (float& v : out) v = static_cast<float>(random.uniform(-1, 1));
  return out;
}

// Every `every`-th element or so becomes a zero, a denormal, an infinity or NaN.
inline void sprinkle(Random& random, std::vector<float>& values, std::uint64_t every) {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  const float special[] = {0.0f, -0.0f, 1e-41f, -3e-45f, kInfinity, -kInfinity, std::nanf("")};
  for (float& v : values) {
    if (random.below(every) == 0) v = special[random.below(std::size(special))];
  }
}

inline std::vector<double> to_doubles(const std::vector<float>& values) { return {values.begin(), values.end()}; }

// A result that no kernel computes: elements that were never written stand out.
inline std::vector<float> unwritten(std::size_t count) {
  return std::vector<float>(count, std::bit_cast<float>(0x7FBADBADu));
}

// y[i] within relative * magnitude[i] of expected[i] (magnitude null: equal numbers); NaN and infinities agree.
inline void expect_close(const std::vector<float>& y, const std::vector<double>& expected,
                         const std::vector<double>* magnitude, double relative, const std::string& what) {
  ASSERT_EQ(y.size(), expected.size()) << what;
  for (std::size_t i = 0; i < y.size(); ++i) {
    ASSERT_NE(std::bit_cast<std::uint32_t>(y[i]), 0x7FBADBADu) << what << " never wrote element " << i;
    const double got = y[i], want = expected[i];
    if (std::isnan(want) || std::isinf(want)) {
      ASSERT_TRUE(std::isnan(want) ? std::isnan(got) : got == want)
          << what << " at " << i << ": " << got << ", expected " << want;
      continue;
    }
    // Denormal results round to multiples of 2^-149.
    const double tolerance = magnitude == nullptr ? 0.0 : relative * (*magnitude)[i] + 0x1p-146;
    ASSERT_LE(std::abs(got - want), tolerance) << what << " at " << i << ": " << got << ", expected " << want;
  }
}

inline bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (std::bit_cast<std::uint32_t>(a[i]) != std::bit_cast<std::uint32_t>(b[i])) return false;
  }
  return a.size() == b.size();
}

// [0, units) in pieces of odd lengths, last piece first.
inline std::vector<Range> odd_pieces(std::int64_t units) {
  std::vector<Range> out;
  std::int64_t length = 1;
  for (std::int64_t end = units; end > 0; length = length * 2 + 1) {
    const std::int64_t begin = end > length ? end - length : 0;
    out.push_back({begin, end});
    end = begin;
  }
  return out;
}

// Calls run(kernels, y, range) for every tier, once over all units and once in odd pieces: the bits must agree. Returns
// the result of each tier.
template <class Run>
std::vector<std::vector<float>> run_every_tier(std::int64_t units, std::size_t outputs, Run run) {
  std::vector<std::vector<float>> results;
  for (const Isa isa : available_isas()) {
    std::vector<float> whole = unwritten(outputs), pieces = unwritten(outputs);
    run(kernel_table(isa), whole.data(), Range{0, units});
    for (const Range range : odd_pieces(units)) run(kernel_table(isa), pieces.data(), range);
    EXPECT_TRUE(same_bits(whole, pieces)) << name(isa) << ": the result depends on how units are shared out";
    results.push_back(std::move(whole));
  }
  return results;
}

inline std::string tier_name(std::size_t i) { return std::string(name(available_isas()[i])); }

}  // namespace paw
