#include "optimize/quantize/estimators.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "optimize/quantize/scale_groups.h"

namespace paw::estimators_test {

// Many numbers in [-1, 2] of a bell's form, and few outliers.
std::vector<float> numbers(bool outliers) {
  Random random(7);
  std::vector<float> out;
  for (int i = 0; i < 100000; ++i) {
    double sum = 0;
    for (int k = 0; k < 6; ++k) sum += random.uniform(-0.25, 0.25);
    out.push_back(static_cast<float>(std::clamp(0.5 + sum, -1.0, 2.0)));
  }
  if (outliers) out.push_back(40.0f), out.push_back(-30.0f);
  return out;
}

Observation observed(const std::vector<float>& v) {
  Observation o;
  for (const float x : v) o.range.add(x);
  o.moving = o.range;
  o.histogram.add(v, std::max(std::abs(o.range.min), std::abs(o.range.max)));
  return o;
}

double measured_error(const std::vector<float>& v, ValueRange range) {
  const auto q = i8_params(range.min, range.max);
  double sum = 0;
  for (const float x : v) {
    const double stored =
        std::clamp(std::nearbyint(static_cast<double>(x) / q->scale[0]) + q->zero_point[0], -128.0, 127.0);
    const double d = (stored - q->zero_point[0]) * q->scale[0] - x;
    sum += d * d;
  }
  return sum / static_cast<double>(v.size());
}

TEST(Estimators, ExpectedErrorIsWhatIsMeasured) {
  const auto v = numbers(true);
  const Observation o = observed(v);
  for (const ValueRange range : {ValueRange{-30, 40}, {-8, 8}, {-1, 2}, {0, 1}}) {
    const double wanted = measured_error(v, range);
    EXPECT_NEAR(expected_error(o.histogram, range), wanted, 0.06 * wanted + 1e-7) << range.min << " " << range.max;
  }
}

TEST(Estimators, EachFindsItsRange) {
  const auto v = numbers(true);
  Observation o = observed(v);
  o.moving = {-0.5f, 1.5f};
  const auto range = [&](RangeEstimator e) { return estimate_range(o, e); };
  EXPECT_EQ(range(RangeEstimator::kMinMax).max, 40);
  EXPECT_EQ(range(RangeEstimator::kMovingAverage).max, 1.5f);
  for (const RangeEstimator e : {RangeEstimator::kPercentile, RangeEstimator::kEntropy}) {
    EXPECT_LT(range(e).max, 15) << enum_names(e)[static_cast<std::size_t>(e)];
    EXPECT_GT(range(e).max, 1.0f);
  }
  // Nothing tried does better, by its own measure.
  const double least = measured_error(v, range(RangeEstimator::kMse));
  for (const RangeEstimator e : range_estimators()) EXPECT_LE(least, 1.1 * measured_error(v, range(e)));
  EXPECT_LT(least, 0.9 * measured_error(v, range(RangeEstimator::kMinMax)));
}

TEST(Estimators, WithoutOutliersAllAgree) {
  const Observation o = observed(numbers(false));
  for (const RangeEstimator e : range_estimators()) {
    EXPECT_NEAR(estimate_range(o, e).max, o.range.max, 0.45) << static_cast<int>(e);
    EXPECT_NEAR(estimate_range(o, e).min, o.range.min, 0.45) << static_cast<int>(e);
  }
}

TEST(Estimators, RangesHoldZero) {
  std::vector<float> v;
  for (int i = 0; i < 1000; ++i) v.push_back(5.0f + 0.001f * static_cast<float>(i));
  for (const RangeEstimator e : range_estimators()) {
    EXPECT_EQ(estimate_range(observed(v), e).min, 0) << static_cast<int>(e);
    EXPECT_GT(estimate_range(observed(v), e).max, 4.9f) << static_cast<int>(e);
  }
}

TEST(Estimators, ConstantsAndNothing) {
  for (const RangeEstimator e : range_estimators()) {
    EXPECT_EQ(estimate_range(observed({0, 0, 0}), e).max, 0);
    EXPECT_FALSE(estimate_range({}, e).seen());
    EXPECT_GE(estimate_range(observed({3, 3, 3}), e).max, 2.9f);
  }
}

}  // namespace paw::estimators_test
