#include "kernels/resize/resize.h"

#include "kernels/kernel_testing.h"
#include "ops/op_testing.h"
#include "ops/resize_common.h"

namespace paw::resize_test {

struct Problem {
  Shape x;
  ResizeAttrs attrs;
};

constexpr ResizeCoordinates kAll[] = {ResizeCoordinates::kHalfPixel, ResizeCoordinates::kAsymmetric,
                                      ResizeCoordinates::kAlignCorners};

std::int32_t narrow(std::int64_t v) { return static_cast<std::int32_t>(v); }

ResizeGrid grid_of(ResizeCoordinates c) { return static_cast<ResizeGrid>(c); }

ResizeF32 params_of(const Problem& p) {
  return {.batch = narrow(p.x[0]),
          .in_h = narrow(p.x[1]),
          .in_w = narrow(p.x[2]),
          .channels = narrow(p.x[3]),
          .out_h = narrow(p.attrs.size[0]),
          .out_w = narrow(p.attrs.size[1]),
          .grid = grid_of(p.attrs.coordinates)};
}

void expect_like_reference(const Problem& p, const std::vector<float>& x) {
  std::vector<double> absolute = to_doubles(x);
  for (double& v : absolute) v = std::isfinite(v) ? std::abs(v) : 0;
  const ResizeF32 params = params_of(p);
  const std::string what = p.x.text() + " to " + std::to_string(params.out_h) + "x" + std::to_string(params.out_w) +
                           " grid " + std::to_string(static_cast<int>(params.grid));
  const auto scratch = static_cast<std::size_t>(resize_scratch_points(params));
  const std::vector<double> nearest = evaluate(op::resize_nearest, {{p.x, to_doubles(x)}}, p.attrs).data;
  const auto near = run_every_tier(resize_units(params), nearest.size(), [&](const KernelTable& k, float* y, Range r) {
    k.resize_nearest_f32(params, x.data(), y, std::vector<ResizePoint>(scratch).data(), r);
  });
  const std::vector<double> bilinear = evaluate(op::resize_bilinear, {{p.x, to_doubles(x)}}, p.attrs).data;
  const std::vector<double> magnitude = evaluate(op::resize_bilinear, {{p.x, absolute}}, p.attrs).data;
  const auto smooth =
      run_every_tier(resize_units(params), bilinear.size(), [&](const KernelTable& k, float* y, Range r) {
        k.resize_bilinear_f32(params, x.data(), y, std::vector<ResizePoint>(scratch).data(), r);
      });
  for (std::size_t i = 0; i < near.size(); ++i) {
    expect_close(near[i], nearest, nullptr, 0, tier_name(i) + " nearest " + what);
    expect_close(smooth[i], bilinear, &magnitude, 1e-6, tier_name(i) + " bilinear " + what);
  }
}

TEST(ResizeF32, RandomShapesAndSpecialValues) {
  Random random(71);
  const std::int64_t channels[] = {1, 2, 3, 4, 5, 7, 8, 9, 16, 17, 31, 129};
  for (int i = 0; i < 600; ++i) {
    const auto up_to = [&](std::uint64_t n) { return 1 + static_cast<std::int64_t>(random.below(n)); };
    const Problem p{{up_to(2), up_to(9), up_to(9), channels[random.below(std::size(channels))]},
                    {.size = {up_to(14), up_to(14)}, .coordinates = kAll[random.below(3)]}};
    std::vector<float> x = random_floats(random, p.x.elements());
    if (i % 3 == 0) sprinkle(random, x, 8);
    expect_like_reference(p, x);
    if (HasFatalFailure()) return;
  }
}

TEST(ResizeF32, EveryNumberOfChannels) {
  Random random(72);
  for (std::int64_t c = 1; c <= 129; ++c) {
    const Problem p{{1, 2, 3, c}, {.size = {3, 5}, .coordinates = ResizeCoordinates::kHalfPixel}};
    expect_like_reference(p, random_floats(random, p.x.elements()));
    if (HasFatalFailure()) return;
  }
}

// Pixel by pixel the reference's table, for every pair of sizes: the same pixels, and the same of them left out.
TEST(ResizePoints, AgreeWithTheReference) {
  for (const ResizeCoordinates coordinates : kAll) {
    for (std::int64_t in = 1; in <= 40; ++in) {
      for (std::int64_t out = 1; out <= 90; ++out) {
        const auto nearest = resize_taps(ResizeMethod::kNearest, coordinates, in, out);
        const auto bilinear = resize_taps(ResizeMethod::kBilinear, coordinates, in, out);
        for (std::size_t i = 0; i < nearest.size(); ++i) {
          const auto at = static_cast<std::int32_t>(i);
          const auto n = nearest_point(grid_of(coordinates), narrow(in), narrow(out), at);
          const auto b = bilinear_point(grid_of(coordinates), narrow(in), narrow(out), at);
          ASSERT_EQ(static_cast<std::size_t>(n.low), nearest[i].low) << in << " to " << out << " at " << i;
          ASSERT_EQ(static_cast<std::size_t>(b.low), bilinear[i].low) << in << " to " << out << " at " << i;
          ASSERT_EQ(static_cast<std::size_t>(b.high), bilinear[i].high) << in << " to " << out << " at " << i;
          ASSERT_EQ(b.fraction, bilinear[i].fraction) << in << " to " << out << " at " << i;
        }
      }
    }
  }
}

// Extents at the step's limit do not overflow.
TEST(ResizePoints, LargeExtents) {
  constexpr std::int32_t kHuge = 1 << 20;
  for (const ResizeCoordinates coordinates : kAll) {
    for (const std::int32_t i : {0, 1, kHuge / 2, kHuge - 1}) {
      EXPECT_EQ(nearest_point(grid_of(coordinates), kHuge, kHuge, i).low, i);
      EXPECT_EQ(bilinear_point(grid_of(coordinates), kHuge, kHuge, i).low, i);
      EXPECT_EQ(nearest_point(grid_of(coordinates), 1, kHuge, i).low, 0);
      EXPECT_EQ(bilinear_point(grid_of(coordinates), 1, kHuge, i).high, 0);
    }
  }
}

}  // namespace paw::resize_test
