// From what was seen of a value to the range that its integers cover.
#pragma once

#include <span>
#include <string_view>

#include "optimize/quantize/ranges.h"

namespace paw {

enum class RangeEstimator : std::uint8_t {
  kAutomatic,      // of the others, by what reads the value: see measure_groups()
  kMinMax,         // all that was seen
  kMovingAverage,  // smallest and largest of each example, averaged over the last ones (Jacob et al. 2018, section 3.1)
  kPercentile,     // all but one in 10,000 numbers (Wu et al. 2020, section 3.2)
  kMse,            // least expected squared error (Banner et al. 2019; Nagel et al. 2021, section 3.1)
  kEntropy,        // least Kullback-Leibler divergence of the histograms (Migacz 2017)
};
std::span<const std::string_view> enum_names(RangeEstimator);
// All but kAutomatic.
std::span<const RangeEstimator> range_estimators();

// The range by one of range_estimators(); it holds 0 (so does every quantised range), and is empty when nothing was
// seen.
ValueRange estimate_range(const Observation& seen, RangeEstimator estimator);

// Mean squared error of 8-bit integers over `range`, for numbers that lie as the histogram says: steps of s make
// s^2 / 12 inside, the distance outside.
double expected_error(const Histogram& histogram, ValueRange range);

}  // namespace paw
