#include "kernels/softmax/softmax.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "kernels/kernels.h"

namespace paw::softmax_test {

constexpr float kInf = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

std::vector<float> values(std::int64_t count, float scale) {
  std::vector<float> out(static_cast<std::size_t>(count));
  std::uint32_t state = static_cast<std::uint32_t>(count) + 99u;
  for (float& v : out) {
    state = state * 1664525u + 1013904223u;
    v = (static_cast<float>(state >> 8 & 0xffff) / 32768.0f - 1.0f) * scale;
  }
  return out;
}

std::vector<double> expected(const SoftmaxF32& p, const std::vector<float>& x) {
  std::vector<double> y(x.size());
  for (std::int64_t line = 0; line < p.outer * p.inner; ++line) {
    const std::int64_t first = line / p.inner * p.axis * p.inner + line % p.inner;
    const auto at = [&](std::int64_t i) { return static_cast<std::size_t>(first + i * p.inner); };
    double m = x[at(0)], sum = 0;
    for (std::int64_t i = 0; i < p.axis; ++i) m = std::isnan(x[at(i)]) || x[at(i)] > m ? x[at(i)] : m;
    for (std::int64_t i = 0; i < p.axis; ++i) sum += std::exp(x[at(i)] - m);
    for (std::int64_t i = 0; i < p.axis; ++i) {
      y[at(i)] = p.log != 0 ? x[at(i)] - m - std::log(sum) : std::exp(x[at(i)] - m) / sum;
    }
  }
  return y;
}

void check(const SoftmaxF32& p, const std::vector<float>& x) {
  const std::vector<double> want = expected(p, x);
  for (const Isa isa : available_isas()) {
    const auto kernel = kernel_table(isa).softmax_f32;
    std::vector<float> whole(x.size() + 1, 99.0f), parts = x;
    kernel(p, x.data(), whole.data(), {0, softmax_units(p)});
    for (std::size_t i = 0; i < want.size(); ++i) {
      const double bound = (p.log != 0 ? 2e-6 * (1 + std::abs(want[i])) : 4e-6 * want[i]) + 1e-37;
      ASSERT_TRUE(std::isnan(want[i])   ? std::isnan(whole[i])
                  : std::isinf(want[i]) ? whole[i] == want[i]
                                        : std::abs(whole[i] - want[i]) <= bound)
          << name(isa) << " [" << p.outer << "," << p.axis << "," << p.inner << "] log " << p.log << " at " << i << ": "
          << whole[i] << ", not " << want[i];
    }
    ASSERT_EQ(whole.back(), 99.0f);
    // In place and in parts: the same bits.
    for (int i = 2; i >= 0; --i) kernel(p, parts.data(), parts.data(), share(softmax_units(p), i, 3));
    ASSERT_EQ(std::memcmp(parts.data(), whole.data(), parts.size() * sizeof(float)), 0);
  }
}

TEST(Softmax, EveryLengthOfLine) {
  for (std::int64_t n = 1; n <= 129; ++n) {
    for (const std::int32_t log : {0, 1}) check({.outer = 3, .axis = n, .log = log}, values(3 * n, 20));
  }
  check({.outer = 2, .axis = 1001}, values(2002, 5));
}

TEST(Softmax, OtherAxes) {
  for (const std::int64_t inner : {2, 3, 8, 15, 16, 17, 40}) {
    for (const std::int32_t log : {0, 1}) {
      check({.outer = 2, .axis = 5, .inner = inner, .log = log}, values(10 * inner, 30));
    }
  }
}

TEST(Softmax, NanAndInfinities) {
  for (const std::int64_t inner : {1, 3}) {
    for (const std::int32_t log : {0, 1}) {
      for (std::int64_t n = 1; n <= 40; ++n) {
        const SoftmaxF32 p{.outer = 2, .axis = n, .inner = inner, .log = log};
        for (const float special : {kNan, kInf, -kInf}) {
          std::vector<float> x = values(2 * n * inner, 3);
          x[x.size() - 1] = special;
          x[0] = special;
          check(p, x);
        }
        check(p, std::vector<float>(static_cast<std::size_t>(2 * n * inner), -kInf));
        check(p, std::vector<float>(static_cast<std::size_t>(2 * n * inner), 3e38f));
      }
    }
  }
}

TEST(Softmax, LargeLogitsDoNotOverflow) {
  for (const std::int32_t log : {0, 1}) check({.axis = 3, .log = log}, {1e30f, 1e30f, -1e30f});
}

}  // namespace paw::softmax_test
