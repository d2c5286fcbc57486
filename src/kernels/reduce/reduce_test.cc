#include "kernels/reduce/reduce.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/kernels.h"

namespace paw::reduce_test {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> values(std::int64_t count) {
  std::vector<float> out(static_cast<std::size_t>(count));
  std::uint32_t state = static_cast<std::uint32_t>(count) + 5u;
  for (float& v : out) {
    state = state * 1664525u + 1013904223u;
    v = static_cast<float>(state >> 8 & 0xffff) / 32768.0f - 0.75f;
  }
  return out;
}

// The exact result and the sum of the magnitudes, which bounds the rounding error.
struct Exact {
  double value, magnitude;
};
Exact exact(const ReduceF32& p, const std::vector<float>& x, std::int64_t result) {
  const std::int64_t first = result / p.inner * p.reduce * p.inner + result % p.inner;
  double sum = 0, magnitude = 0, top = -kInf;
  for (std::int64_t i = 0; i < p.reduce; ++i) {
    const double v = x[static_cast<std::size_t>(first + i * p.inner)];
    sum += v;
    magnitude += std::abs(v);
    if (std::isnan(v) || v > top) top = v;
  }
  if (p.op == ReduceOp::kMax) return {top, 0};
  const double n = p.op == ReduceOp::kMean ? static_cast<double>(p.reduce) : 1.0;
  return {sum / n, magnitude / n};
}

void check(ReduceF32 p, const std::vector<float>& x) {
  for (int op = 0; op < kReduceOps; ++op) {
    p.op = static_cast<ReduceOp>(op);
    for (const Isa isa : available_isas()) {
      const auto kernel = kernel_table(isa).reduce_f32;
      const auto results = static_cast<std::size_t>(p.outer * p.inner);
      std::vector<float> whole(results + 1, 99.0f), parts(results);
      kernel(p, x.data(), whole.data(), {0, reduce_units(p)});
      for (std::size_t i = 0; i < results; ++i) {
        const Exact want = exact(p, x, static_cast<std::int64_t>(i));
        ASSERT_TRUE(std::isnan(want.value)   ? std::isnan(whole[i])
                    : std::isinf(want.value) ? whole[i] == want.value
                                             : std::abs(whole[i] - want.value) <= 2e-6 * want.magnitude)
            << name(isa) << " [" << p.outer << "," << p.reduce << "," << p.inner << "] op " << op << " at " << i << ": "
            << whole[i] << ", not " << want.value;
      }
      ASSERT_EQ(whole.back(), 99.0f);
      for (int part = 2; part >= 0; --part) kernel(p, x.data(), parts.data(), share(reduce_units(p), part, 3));
      ASSERT_EQ(std::memcmp(parts.data(), whole.data(), results * sizeof(float)), 0);
    }
  }
}

TEST(Reduce, EveryNumberOfChannels) {
  for (std::int64_t c = 1; c <= 129; ++c) {
    for (const std::int64_t n : {1, 7, 49}) check({.outer = 2, .reduce = n, .inner = c}, values(2 * n * c));
  }
}

TEST(Reduce, EveryLengthOfLine) {
  for (std::int64_t n = 1; n <= 129; ++n) check({.outer = 2, .reduce = n}, values(2 * n));
}

TEST(Reduce, LongSumsStayAccurate) {
  check({.reduce = 1 << 20}, values(1 << 20));
  check({.reduce = 1 << 18, .inner = 3}, values(3 << 18));
}

TEST(Reduce, NanAndInfinitiesArePassedOn) {
  for (const std::int64_t inner : {1, 2, 9}) {
    for (std::int64_t n = 1; n <= 70; n += 3) {
      for (const float special : {kNan, kInf, -kInf}) {
        for (const std::int64_t at : {std::int64_t{0}, n / 2, n - 1}) {
          std::vector<float> x = values(n * inner);
          x[static_cast<std::size_t>(at * inner)] = special;
          check({.reduce = n, .inner = inner}, x);
        }
      }
      check({.reduce = n, .inner = inner}, std::vector<float>(static_cast<std::size_t>(n * inner), -kInf));
    }
  }
}

}  // namespace paw::reduce_test
