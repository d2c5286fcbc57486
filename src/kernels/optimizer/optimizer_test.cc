#include "kernels/optimizer/optimizer.h"

#include "kernels/kernel_testing.h"

namespace paw::optimizer_test {

struct Problem {
  std::vector<float> parameter, gradient, first, second;
};

Problem problem(std::int64_t count, Random& random) {
  Problem p{random_floats(random, count), random_floats(random, count), random_floats(random, count),
            random_floats(random, count)};
  for (float& v : p.second) v = std::abs(v);
  return p;
}

// Runs in place, over all units and in odd pieces: `run` gets parameter, state, and a range. The bits must agree.
template <class Run>
std::vector<Problem> every_tier(const Problem& p, std::int64_t units, Run run) {
  std::vector<Problem> out;
  for (const Isa isa : available_isas()) {
    Problem whole = p, pieces = p;
    run(kernel_table(isa), whole, Range{0, units});
    for (const Range r : odd_pieces(units)) run(kernel_table(isa), pieces, r);
    EXPECT_TRUE(same_bits(whole.parameter, pieces.parameter) && same_bits(whole.first, pieces.first) &&
                same_bits(whole.second, pieces.second));
    out.push_back(std::move(whole));
  }
  return out;
}

constexpr std::int64_t kCounts[] = {
    1, 3, 7, 8, 9, 31, 1000, kOptimizerUnit, kOptimizerUnit + 1, 3 * kOptimizerUnit + 5};

TEST(SgdF32, LikeTheFormulaAndInPlace) {
  Random random(61);
  for (const std::int64_t count : kCounts) {
    for (const bool nesterov : {false, true}) {
      const SgdF32 s{.count = count, .momentum = 0.9f, .weight_decay = 0.01f, .nesterov = nesterov ? 1 : 0};
      const Problem p = problem(count, random);
      const float lr = 0.1f;
      const auto results = every_tier(p, optimizer_units(count), [&](const KernelTable& k, Problem& q, Range r) {
        k.sgd_f32(s, {q.parameter.data(), q.first.data(), q.gradient.data(), &lr, q.parameter.data(), q.first.data()},
                  r);
      });
      for (std::size_t i = 0; i < p.parameter.size(); ++i) {
        const double w = p.parameter[i], g = p.gradient[i] + 0.01f * w, v = 0.9f * static_cast<double>(p.first[i]) + g;
        for (const Problem& q : results) {
          ASSERT_NEAR(q.first[i], v, 3e-7) << count << " velocity " << i;
          ASSERT_NEAR(q.parameter[i], w - lr * (nesterov ? g + 0.9f * v : v), 3e-7) << count << " parameter " << i;
        }
      }
    }
  }
}

TEST(AdamF32, LikeTheFormulaAndInPlace) {
  Random random(62);
  for (const std::int64_t count : kCounts) {
    for (const bool decoupled : {false, true}) {
      for (const float step : {1.0f, 100.0f}) {
        const AdamF32 a{.count = count,
                        .beta1 = 0.9,
                        .beta2 = 0.999,
                        .epsilon = 1e-8f,
                        .weight_decay = 0.1f,
                        .decoupled = decoupled ? 1 : 0};
        const Problem p = problem(count, random);
        const float lr = 0.01f;
        const auto results = every_tier(p, optimizer_units(count), [&](const KernelTable& k, Problem& q, Range r) {
          k.adam_f32(a,
                     {q.parameter.data(), q.first.data(), q.second.data(), q.gradient.data(), &lr, &step,
                      q.parameter.data(), q.first.data(), q.second.data()},
                     r);
        });
        const double c1 = 1 - std::pow(0.9, step), c2 = 1 - std::pow(0.999, step);
        for (std::size_t i = 0; i < p.parameter.size(); ++i) {
          const double w = p.parameter[i], g = p.gradient[i] + (decoupled ? 0.0 : 0.1f * w);
          const double m = 0.9 * p.first[i] + (1 - 0.9) * g, v = 0.999 * p.second[i] + (1 - 0.999) * g * g;
          const double way = m / c1 / (std::sqrt(v / c2) + 1e-8) + (decoupled ? 0.1f * w : 0.0);
          for (const Problem& q : results) {
            ASSERT_NEAR(q.first[i], m, 3e-7);
            ASSERT_NEAR(q.second[i], v, 3e-7);
            ASSERT_NEAR(q.parameter[i], w - lr * way, 2e-7 + 2e-7 * std::abs(way)) << count << " parameter " << i;
          }
        }
      }
    }
  }
}

TEST(OptimizerF32, InfinitiesAndNanStayWithTheirElement) {
  Random random(63);
  const float lr = 0.1f;
  for (const float bad : {std::numeric_limits<float>::infinity(), std::nanf("")}) {
    Problem p = problem(20, random);
    p.gradient[11] = bad;
    const SgdF32 s{.count = 20, .momentum = 0.9f};
    const auto results = every_tier(p, 1, [&](const KernelTable& k, Problem& q, Range r) {
      k.sgd_f32(s, {q.parameter.data(), q.first.data(), q.gradient.data(), &lr, q.parameter.data(), q.first.data()}, r);
    });
    for (const Problem& q : results) {
      for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(std::isfinite(q.parameter[i]), i != 11);
    }
  }
}

}  // namespace paw::optimizer_test
