#include "train/mixing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace paw::mixing_test {

using testing::HasSubstr;

// Image n holds n everywhere, and is of class n.
struct Batch {
  Shape shape;
  std::vector<float> inputs, targets;

  explicit Batch(Shape s) : shape(std::move(s)) {
    const std::int64_t count = shape[0], row = shape.elements() / count;
    for (std::int64_t n = 0; n < count; ++n) {
      inputs.insert(inputs.end(), static_cast<std::size_t>(row), static_cast<float>(n));
      for (std::int64_t c = 0; c < count; ++c) targets.push_back(c == n ? 1 : 0);
    }
  }
  float target(std::int64_t n, std::int64_t c) const { return targets[static_cast<std::size_t>(n * shape[0] + c)]; }
  std::span<const float> image(std::int64_t n) const {
    const std::size_t row = inputs.size() / static_cast<std::size_t>(shape[0]);
    return std::span(inputs).subspan(static_cast<std::size_t>(n) * row, row);
  }
};

Batch mixed(const Mixing& mixing, const Shape& shape, std::int64_t step, std::uint64_t seed = 3) {
  Batch batch(shape);
  mix_batch(mixing, shape, seed, step, batch.inputs, batch.targets);
  return batch;
}

TEST(Mixing, DependsOnSeedAndStepAlone) {
  const Shape shape{4, 6, 6, 3};
  for (const Mixing& mixing : {Mixing{.mixup = 0.4}, Mixing{.cutmix = 1}, Mixing{.mixup = 0.2, .cutmix = 1}}) {
    const Batch first = mixed(mixing, shape, 8);
    EXPECT_EQ(mixed(mixing, shape, 8).inputs, first.inputs);
    EXPECT_EQ(mixed(mixing, shape, 8).targets, first.targets);
    EXPECT_NE(mixed(mixing, shape, 9).targets, first.targets);
    EXPECT_NE(mixed(mixing, shape, 8, 4).targets, first.targets);
  }
  EXPECT_EQ(mixed({}, shape, 8).inputs, Batch(shape).inputs);
}

TEST(Mixing, MixupSumsPairsAndTheirTargetsAlike) {
  for (std::int64_t step = 0; step < 20; ++step) {
    const Batch b = mixed({.mixup = 0.3}, {5, 7}, step);  // features, an odd number of them
    for (std::int64_t n = 0; n < 5; ++n) {
      const float own = b.target(n, n), other = n == 2 ? 0 : b.target(n, 4 - n);
      EXPECT_NEAR(own + other, 1, 1e-6);
      EXPECT_NEAR(own, n == 2 ? 1 : b.target(4 - n, 4 - n), 1e-6) << "both ways";
      const float value = own * static_cast<float>(n) + other * static_cast<float>(4 - n);
      for (const float v : b.image(n)) EXPECT_NEAR(v, value, 1e-5);
    }
  }
}

TEST(Mixing, CutMixTargetsAreTheSharesOfTheImage) {
  int cut = 0;
  for (std::int64_t step = 0; step < 50; ++step) {
    const Batch b = mixed({.cutmix = 1}, {4, 9, 12, 3}, step);
    for (std::int64_t n = 0; n < 4; ++n) {
      const auto image = b.image(n);
      const auto own = std::ranges::count(image, static_cast<float>(n));
      const auto other = std::ranges::count(image, static_cast<float>(3 - n));
      EXPECT_EQ(own + other, std::ssize(image));
      EXPECT_NEAR(b.target(n, n), static_cast<double>(own) / static_cast<double>(image.size()), 1e-6);
      EXPECT_NEAR(b.target(n, 3 - n), static_cast<double>(other) / static_cast<double>(image.size()), 1e-6);
      cut += other > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(cut, 100);
}

// The share of mixup is Beta(a, a): mean 1/2, variance 1 / (4 (2 a + 1)).
TEST(Mixing, SharesFollowTheBetaDistribution) {
  for (const double alpha : {0.2, 1.0, 4.0}) {
    constexpr int kSteps = 4000;
    double sum = 0, squares = 0;
    for (int step = 0; step < kSteps; ++step) {
      const auto share = static_cast<double>(mixed({.mixup = alpha}, {2, 1}, step).target(0, 0));
      sum += share;
      squares += (share - 0.5) * (share - 0.5);
    }
    EXPECT_NEAR(sum / kSteps, 0.5, 0.02) << alpha;
    EXPECT_NEAR(squares / kSteps, 1 / (4 * (2 * alpha + 1)), 0.006) << alpha;
  }
  for (int step = 0; step < 100; ++step) {  // so small that shares underflow
    const float share = mixed({.mixup = 1e-6}, {2, 1}, step).target(0, 0);
    EXPECT_TRUE(share == 0 || share == 1) << share;
  }
}

TEST(Mixing, WithBothEachBatchTakesEither) {
  int blended = 0;
  for (std::int64_t step = 0; step < 200; ++step) {
    const auto both = mixed({.mixup = 1, .cutmix = 1}, {2, 4, 4, 1}, step);
    blended += std::ranges::any_of(both.inputs, [](float v) { return v != 0 && v != 1; }) ? 1 : 0;
  }
  EXPECT_GT(blended, 60);
  EXPECT_LT(blended, 140);
}

TEST(Mixing, Refusals) {
  const Shape images{2, 4, 4, 1}, features{2, 9};
  EXPECT_TRUE(check_mixing({.mixup = 0.2, .cutmix = 1}, images));
  EXPECT_TRUE(check_mixing({.mixup = 0.2}, features));
  EXPECT_THAT(check_mixing({.cutmix = 1}, features).error().text(), HasSubstr("[CutMix] cuts images"));
  for (const double bad : {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    const Status status = check_mixing({.mixup = bad}, images);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::kUsage);
    EXPECT_FALSE(check_mixing({.cutmix = bad}, images));
  }
}

}  // namespace paw::mixing_test
