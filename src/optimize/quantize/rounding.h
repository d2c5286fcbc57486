// Weights rounded by what the layer then puts out, not one by one: a least-squares problem over integers.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "optimize/quantize/layer_rows.h"

namespace paw {

// Rows of more weights than this are not rounded so: the time grows with their cube.
inline constexpr std::size_t kMostRoundedColumns = 2560;

struct RoundingLimits {
  double highest = 127;      // integers lie within +-highest
  std::vector<float> least;  // of each row's scales; empty: no bound
  bool per_channel = true;   // false: one scale for all rows
  std::size_t block = 0;     // columns that share a scale, a divisor of them all; 0: a row's
};

struct RoundedWeights {
  std::vector<double> stored;  // [rows][columns], integers
  std::vector<float> scale;    // [rows], or [rows][columns / block]
  std::vector<double> error;   // [rows]: mean squared error of what it puts out, the bias being right
};

// Integers q and scales s for which sum((s q . x - y)^2) is small, y being what the float layer puts out and x what
// this layer really reads. The real minimiser, held near `weights` ([rows][columns]) by a ridge, is rounded column
// after column, each taking over the error of those before (Frantar et al. 2023, GPTQ; the nearest plane of Babai
// 1986), then single integers change as long as that helps. Needs second moments.
RoundedWeights round_by_output(const LayerMoments& moments, std::span<const double> weights,
                               const RoundingLimits& limits, int threads);

// Of all numbers that a weight of a row may be, the nearest to one.
using Grid = std::function<double(std::size_t row, double wanted)>;

struct GriddedWeights {
  std::vector<double> values;  // [rows][columns], all of the grid
  std::vector<double> error;   // [rows], as above
};

// The same for weights of any grid, such as float16 or a palette.
GriddedWeights round_to_grid(const LayerMoments& moments, std::span<const double> weights, const Grid& nearest,
                             int threads);

// The same for weights of which those stay zero that are not `kept` ([rows][columns]): the others make up for them.
GriddedWeights fit_kept(const LayerMoments& moments, std::span<const double> weights, const std::vector<bool>& kept,
                        int threads);

// The real minimiser alone, [rows][columns].
std::vector<double> best_weights(const LayerMoments& moments, std::span<const double> weights, int threads);

// The bias with which the mean of what a layer puts out is right (Nagel et al. 2019, section 4.2, measured).
std::vector<double> matching_bias(const LayerMoments& moments, std::span<const double> weights);

}  // namespace paw
