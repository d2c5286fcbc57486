#include "optimize/quantize/estimators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace paw {

namespace {

using enum RangeEstimator;
constexpr std::array<std::string_view, 6> kEstimatorNames{"automatic",  "min_max", "moving_average",
                                                          "percentile", "mse",     "entropy"};
constexpr std::array kEstimators{kMinMax, kMovingAverage, kPercentile, kMse, kEntropy};

constexpr double kSteps = 255;
constexpr double kLeftOut = 1e-4;  // share of numbers outside of the percentile range
constexpr int kCuts = 64;          // tried ends on either side, from all of it down to none

ValueRange with_zero(ValueRange range) {
  if (!range.seen()) return range;
  return {std::min(range.min, 0.0f), std::max(range.max, 0.0f)};
}

ValueRange scaled(ValueRange range, double low, double high) {
  return {static_cast<float>(range.min * low), static_cast<float>(range.max * high)};
}

// Sums of counts, numbers and squares over the bins before each.
class Moments {
 public:
  explicit Moments(const Histogram& h) : h_(h), sums_(h.counts().size() + 1) {
    for (std::size_t i = 0; i < h.counts().size(); ++i) {
      const auto n = static_cast<double>(h.counts()[i]);
      const double v = h.middle(static_cast<std::int32_t>(i));
      sums_[i + 1] = {sums_[i].count + n, sums_[i].sum + n * v, sums_[i].squares + n * v * v};
    }
  }
  double count() const { return sums_.back().count; }
  // Mean squared error, see expected_error().
  double error(ValueRange range) const {
    if (count() == 0) return 0;
    const double step = (static_cast<double>(range.max) - range.min) / kSteps;
    const std::size_t from = bin(range.min), to = bin(range.max) + 1;
    const double below = distance({}, sums_[from], range.min), above = distance(sums_[to], sums_.back(), range.max);
    return ((sums_[to].count - sums_[from].count) * step * step / 12 + below + above) / count();
  }
  // The bin edge below which `share` of the numbers lie.
  double edge(double share) const {
    const double wanted = share * count();
    const auto at = std::ranges::lower_bound(sums_, wanted, {}, &Sums::count) - sums_.begin();
    return (static_cast<double>(at) - Histogram::kHalf) * h_.bin_width();
  }

 private:
  struct Sums {
    double count = 0, sum = 0, squares = 0;
  };
  // Squared distances from `end` of what lies between two places.
  static double distance(const Sums& a, const Sums& b, double end) {
    const double d = (b.squares - a.squares) - 2 * end * (b.sum - a.sum) + end * end * (b.count - a.count);
    return std::max(d, 0.0);
  }
  std::size_t bin(double v) const {
    const double at = std::floor(v / h_.bin_width()) + Histogram::kHalf;
    return static_cast<std::size_t>(std::clamp(at, 0.0, 2.0 * Histogram::kHalf - 1));
  }
  const Histogram& h_;
  std::vector<Sums> sums_;
};

ValueRange by_percentile(const Observation& seen) {
  const Moments moments(seen.histogram);
  const ValueRange all = with_zero(seen.range);
  return {std::max(all.min, static_cast<float>(std::min(moments.edge(kLeftOut / 2) - seen.histogram.bin_width(), 0.0))),
          std::min(all.max, static_cast<float>(std::max(moments.edge(1 - kLeftOut / 2), 0.0)))};
}

ValueRange by_mse(const Observation& seen) {
  const Moments moments(seen.histogram);
  const ValueRange all = with_zero(seen.range);
  ValueRange best = all;
  double least = moments.error(all);
  for (int low = kCuts; low > 0; --low) {
    for (int high = kCuts; high > 0; --high) {
      const ValueRange tried = scaled(all, static_cast<double>(low) / kCuts, static_cast<double>(high) / kCuts);
      const double error = moments.error(tried);
      if (error < least) least = error, best = tried;
      if (all.max <= 0) break;
    }
    if (all.min >= 0) break;
  }
  return best;
}

// Divergence of the numbers within `range` (what lies outside counts for its last bins) from the same after rounding to
// steps: within each step, the numbers are spread evenly over the bins that hold any.
double divergence(const Histogram& h, ValueRange range) {
  const double width = h.bin_width(), step = (static_cast<double>(range.max) - range.min) / kSteps;
  const auto place = [&](double v) {
    return std::clamp(static_cast<std::int32_t>(std::floor(v / width)) + Histogram::kHalf, 0, 2 * Histogram::kHalf - 1);
  };
  const std::int32_t from = place(range.min), to = place(range.max);
  std::vector<double> p(static_cast<std::size_t>(to - from + 1));
  std::vector<double> of_step(static_cast<std::size_t>(kSteps) + 1), bins(of_step.size());
  const auto step_of = [&](std::int32_t bin) {
    return static_cast<std::size_t>(std::clamp(std::nearbyint((h.middle(bin) - range.min) / step), 0.0, kSteps));
  };
  for (std::int32_t i = 0; i < 2 * Histogram::kHalf; ++i) {
    const auto n = static_cast<double>(h.counts()[static_cast<std::size_t>(i)]);
    p[static_cast<std::size_t>(std::clamp(i, from, to) - from)] += n;
    if (n > 0 && i >= from && i <= to) of_step[step_of(i)] += n, ++bins[step_of(i)];
  }
  double sum = 0, total = 0;
  for (const double n : p) total += n;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] <= 0) continue;
    const std::size_t s = step_of(static_cast<std::int32_t>(i) + from);
    const double q = bins[s] > 0 ? of_step[s] / bins[s] : 1e-3;
    sum += p[i] / total * std::log(p[i] / q);
  }
  return sum;
}

ValueRange by_entropy(const Observation& seen) {
  const ValueRange all = with_zero(seen.range);
  ValueRange best = all;
  double least = INFINITY;
  for (int cut = kCuts; cut >= kCuts / 4; --cut) {
    const ValueRange tried = scaled(all, static_cast<double>(cut) / kCuts, static_cast<double>(cut) / kCuts);
    const double d = divergence(seen.histogram, tried);
    if (d < least) least = d, best = tried;
  }
  return best;
}

}  // namespace

std::span<const std::string_view> enum_names(RangeEstimator) { return kEstimatorNames; }

std::span<const RangeEstimator> range_estimators() { return kEstimators; }

ValueRange estimate_range(const Observation& seen, RangeEstimator estimator) {
  const bool flat = !seen.range.seen() || (seen.range.min == 0 && seen.range.max == 0);
  if (flat || seen.histogram.counts().empty()) return with_zero(seen.range);
  switch (estimator) {
    case kAutomatic:
    case kMinMax: return with_zero(seen.range);
    case kMovingAverage: return with_zero(seen.moving);
    case kPercentile: return by_percentile(seen);
    case kMse: return by_mse(seen);
    case kEntropy: return by_entropy(seen);
  }
  return with_zero(seen.range);
}

double expected_error(const Histogram& histogram, ValueRange range) { return Moments(histogram).error(range); }

}  // namespace paw
