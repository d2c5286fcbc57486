#include "kernels/pool/pool.h"

#include <optional>

#include "kernels/kernel_testing.h"
#include "ops/op_testing.h"
#include "ops/pool_common.h"

namespace paw::pool_test {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

struct Problem {
  Shape x;
  PoolAttrs attrs;
};

std::int32_t narrow(std::int64_t v) { return static_cast<std::int32_t>(v); }

// Empty when the window does not fit.
std::optional<PoolF32> params_of(const Problem& p) {
  const Attrs attrs = p.attrs;
  const auto window = resolve_pool({op::avg_pool, attrs, {}, "test"}, p.x, p.attrs);
  if (!window) return std::nullopt;
  return PoolF32{.batch = narrow(p.x[0]),
                 .in_h = narrow(p.x[1]),
                 .in_w = narrow(p.x[2]),
                 .channels = narrow(p.x[3]),
                 .out_h = narrow(window->out[0]),
                 .out_w = narrow(window->out[1]),
                 .kernel_h = narrow(p.attrs.kernel[0]),
                 .kernel_w = narrow(p.attrs.kernel[1]),
                 .stride_h = narrow(p.attrs.stride[0]),
                 .stride_w = narrow(p.attrs.stride[1]),
                 .pad_top = narrow(window->pad_before[0]),
                 .pad_left = narrow(window->pad_before[1]),
                 .count_padding = p.attrs.count_padding ? 1 : 0};
}

std::string text(const Problem& p) {
  const PoolAttrs& a = p.attrs;
  std::string out = p.x.text() + " kernel " + std::to_string(a.kernel[0]) + "x" + std::to_string(a.kernel[1]);
  out += " stride " + std::to_string(a.stride[0]) + "," + std::to_string(a.stride[1]) + " pads";
  for (const std::int64_t pad : a.pads) out += " " + std::to_string(pad);
  return out + (a.count_padding ? " counted" : "");
}

std::vector<double> reference(const OpDef& op, const Problem& p, std::vector<double> x) {
  return evaluate(op, {{p.x, std::move(x)}}, p.attrs).data;
}

void expect_max(const Problem& p, const std::vector<float>& x) {
  Problem plain = p;
  plain.attrs.count_padding = false;
  // The largest number, and whether there is a NaN, by the reference; then NaN wins.
  std::vector<double> numbers = to_doubles(x), nans = to_doubles(x);
  for (std::size_t i = 0; i < x.size(); ++i) {
    nans[i] = std::isnan(x[i]) ? 1 : 0;
    if (std::isnan(x[i])) numbers[i] = -kInfinity;
  }
  std::vector<double> expected = reference(op::max_pool, plain, numbers);
  const std::vector<double> seen = reference(op::max_pool, plain, nans);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i] > 0) expected[i] = std::nan("");
  }
  const PoolF32 params = *params_of(p);
  const auto results =
      run_every_tier(pool_units(params), expected.size(),
                     [&](const KernelTable& k, float* y, Range range) { k.max_pool_f32(params, x.data(), y, range); });
  for (std::size_t i = 0; i < results.size(); ++i) {
    expect_close(results[i], expected, nullptr, 0, tier_name(i) + " max " + text(p));
  }
}

void expect_average(const Problem& p, const std::vector<float>& x) {
  const std::vector<double> expected = reference(op::avg_pool, p, to_doubles(x));
  std::vector<double> absolute = to_doubles(x);
  for (double& v : absolute) v = std::isfinite(v) ? std::abs(v) : 0;
  const std::vector<double> magnitude = reference(op::avg_pool, p, absolute);
  const PoolF32 params = *params_of(p);
  const auto results =
      run_every_tier(pool_units(params), expected.size(),
                     [&](const KernelTable& k, float* y, Range range) { k.avg_pool_f32(params, x.data(), y, range); });
  for (std::size_t i = 0; i < results.size(); ++i) {
    expect_close(results[i], expected, &magnitude, 2e-6, tier_name(i) + " average " + text(p));
  }
}

Problem random_problem(Random& random) {
  const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
  const std::int64_t channels[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 64, 129};
  Problem p{.x = {up_to(2), up_to(9), up_to(9), channels[random.below(std::size(channels))]}, .attrs = {}};
  p.attrs.kernel = {up_to(5), up_to(5)};
  p.attrs.stride = {up_to(3), up_to(3)};
  p.attrs.padding = static_cast<Padding>(random.below(3));
  if (p.attrs.padding == Padding::kExplicit) {
    for (std::size_t i = 0; i < 4; ++i) {
      p.attrs.pads[i] = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(p.attrs.kernel[i / 2])));
    }
  }
  p.attrs.count_padding = random.below(2) == 0;
  return p;
}

TEST(PoolF32, RandomShapesAndSpecialValues) {
  Random random(61);
  for (int done = 0; done < 600;) {
    const Problem p = random_problem(random);
    if (!params_of(p)) continue;
    std::vector<float> x = random_floats(random, p.x.elements());
    if (done % 3 == 0) sprinkle(random, x, 6);
    expect_max(p, x);
    expect_average(p, x);
    if (HasFatalFailure()) return;
    ++done;
  }
}

TEST(PoolF32, EveryNumberOfChannels) {
  Random random(62);
  for (std::int64_t c = 1; c <= 129; ++c) {
    for (const PoolAttrs& attrs : {PoolAttrs{.kernel = {3, 3}, .padding = Padding::kSame}, PoolAttrs{}}) {
      const Problem p{{1, 3, 4, c}, attrs};
      const std::vector<float> x = random_floats(random, p.x.elements());
      expect_max(p, x);
      expect_average(p, x);
      if (HasFatalFailure()) return;
    }
  }
}

// A window of 12,544 pixels still averages to six digits.
TEST(PoolF32, TheWholeImage) {
  Random random(63);
  const Problem p{{2, 112, 112, 5}, {.kernel = {112, 112}, .stride = {1, 1}}};
  std::vector<float> x = random_floats(random, p.x.elements());
  for (float& v : x) v = std::abs(v);
  expect_max(p, x);
  expect_average(p, x);
}

TEST(PoolF32, NanAnywhereInTheWindowWins) {
  const Problem p{{1, 2, 3, 9}, {.kernel = {2, 3}, .stride = {1, 1}}};
  for (std::size_t at = 0; at < 6 * 9; ++at) {
    std::vector<float> x(6 * 9, 1e30f);
    x[at] = std::nanf("");
    expect_max(p, x);
  }
  expect_max(p, std::vector<float>(6 * 9, -std::numeric_limits<float>::infinity()));
  expect_max(p, std::vector<float>(6 * 9, std::nanf("")));
}

TEST(PoolF32, DenormalsAreKept) {
  const Problem p{{1, 2, 2, 1}, {}};
  expect_max(p, {1e-45f, 3e-45f, -1e-45f, 0.0f});
  expect_average(p, {4e-40f, 8e-40f, -4e-40f, 0.0f});
}

// A plan may ask for windows outside the image: nothing is read there.
TEST(PoolF32, WindowsOutsideTheImageReadNothing) {
  const PoolF32 params{.in_h = 2,
                       .in_w = 2,
                       .channels = 3,
                       .out_h = 5,
                       .out_w = 5,
                       .kernel_h = 2,
                       .kernel_w = 2,
                       .pad_top = 1 << 20,
                       .pad_left = 3};
  const std::vector<float> x(12, 1.0f);
  const auto highest = run_every_tier(pool_units(params), 75, [&](const KernelTable& k, float* y, Range range) {
    k.max_pool_f32(params, x.data(), y, range);
  });
  const auto mean = run_every_tier(pool_units(params), 75, [&](const KernelTable& k, float* y, Range range) {
    k.avg_pool_f32(params, x.data(), y, range);
  });
  for (std::size_t i = 0; i < highest.size(); ++i) {
    for (const float v : highest[i]) EXPECT_EQ(v, -std::numeric_limits<float>::infinity());
    for (const float v : mean[i]) EXPECT_TRUE(std::isnan(v));
  }
}

void expect_gradients(const Problem& p, const std::vector<float>& x, Random& random) {
  const PoolF32 params = *params_of(p);
  const Shape y{params.batch, params.out_h, params.out_w, params.channels};
  const std::vector<float> dy = random_floats(random, y.elements());
  std::vector<double> magnitude(x.size(), 2.0 * params.kernel_h * params.kernel_w);
  Problem plain = p;
  plain.attrs.count_padding = false;
  const std::vector<double> most =
      evaluate(op::max_pool_grad, {{y, to_doubles(dy)}, {p.x, to_doubles(x)}}, plain.attrs).data;
  const std::vector<double> mean =
      evaluate(op::avg_pool_grad, {{y, to_doubles(dy)}}, PoolGradAttrs{p.attrs, {p.x[0], p.x[1], p.x[2], p.x[3]}}).data;
  const auto of_max = run_every_tier(pool_grad_units(params), x.size(), [&](const KernelTable& k, float* dx, Range r) {
    k.max_pool_grad_f32(params, dy.data(), x.data(), dx, r);
  });
  const auto of_mean = run_every_tier(pool_grad_units(params), x.size(), [&](const KernelTable& k, float* dx, Range r) {
    k.avg_pool_grad_f32(params, dy.data(), nullptr, dx, r);
  });
  for (std::size_t i = 0; i < of_max.size(); ++i) {
    expect_close(of_max[i], most, &magnitude, 1e-6, tier_name(i) + " max grad " + text(p));
    expect_close(of_mean[i], mean, &magnitude, 1e-6, tier_name(i) + " average grad " + text(p));
  }
}

// Small whole numbers tie often: the first of the window wins.
TEST(PoolGradF32, RandomWindowsWithTies) {
  Random random(71);
  for (int done = 0; done < 400;) {
    const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
    Problem p{.x = {up_to(2), up_to(9), up_to(9), up_to(20)}};
    p.attrs.kernel = {up_to(4), up_to(4)};
    p.attrs.stride = {up_to(3), up_to(3)};
    p.attrs.padding = static_cast<Padding>(random.below(3));
    if (p.attrs.padding == Padding::kExplicit) {
      for (std::size_t i = 0; i < 4; ++i)
        p.attrs.pads[i] = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(p.attrs.kernel[i / 2])));
    }
    p.attrs.count_padding = random.below(2) == 0;
    if (!params_of(p)) continue;
    std::vector<float> x(static_cast<std::size_t>(p.x.elements()));
    for (float& v : x) v = static_cast<float>(random.below(3)) - 1.0f;
    if (done % 4 == 0) sprinkle(random, x, 10);
    expect_gradients(p, x, random);
    if (HasFatalFailure()) return;
    ++done;
  }
}

}  // namespace paw::pool_test
