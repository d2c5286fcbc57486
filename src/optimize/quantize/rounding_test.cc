#include "optimize/quantize/rounding.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/random.h"

namespace paw::rounding_test {

// Moments of `count` random inputs, which hang together, and of what `weights` ([rows][columns]) make of them.
LayerMoments moments(std::size_t rows, std::size_t columns, const std::vector<double>& weights, std::int64_t count) {
  LayerMoments m{.matrix = {rows, columns, false}, .samples = count};
  m.xx.assign(1, std::vector<double>(columns * columns));
  m.yx.resize(rows * columns);
  m.yy.resize(rows);
  m.x_mean.assign(columns, 0.5);
  m.y_mean.assign(rows, 1.0);
  Random random(5);
  for (std::int64_t i = 0; i < count; ++i) {
    std::vector<double> x(columns), y(rows);
    const double common = random.uniform(-1, 1);
    for (double& v : x) v = common + random.uniform(-0.3, 0.3);
    for (std::size_t o = 0; o < rows; ++o) {
      for (std::size_t k = 0; k < columns; ++k) y[o] += weights[o * columns + k] * x[k];
    }
    const double share = 1.0 / static_cast<double>(count);
    for (std::size_t j = 0; j < columns; ++j) {
      for (std::size_t k = 0; k < columns; ++k) m.xx[0][j * columns + k] += x[j] * x[k] * share;
      for (std::size_t o = 0; o < rows; ++o) m.yx[o * columns + j] += y[o] * x[j] * share;
    }
    for (std::size_t o = 0; o < rows; ++o) m.yy[o] += y[o] * y[o] * share;
  }
  return m;
}

std::vector<double> random_weights(std::size_t count) {
  Random random(9);
  std::vector<double> out(count);
  for (double& v : out) v = random.uniform(-1, 1);
  return out;
}

double error_of(const LayerMoments& m, std::size_t o, const std::vector<double>& row) {
  const std::size_t n = m.matrix.columns;
  double sum = m.yy[o];
  for (std::size_t j = 0; j < n; ++j) {
    sum -= 2 * row[j] * m.yx[o * n + j];
    for (std::size_t k = 0; k < n; ++k) sum += row[j] * m.xx[0][j * n + k] * row[k];
  }
  return sum;
}

TEST(Rounding, WeightsThatStayMakeUpForZeros) {
  const std::size_t rows = 8, columns = 40;
  const auto weights = random_weights(rows * columns);
  const LayerMoments m = moments(rows, columns, weights, 500);
  std::vector<bool> kept(weights.size());
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] = i % 3 != 1;
  const GriddedWeights fitted = fit_kept(m, weights, kept, 2);
  double ours = 0, theirs = 0;
  for (std::size_t o = 0; o < rows; ++o) {
    const auto begin = static_cast<std::ptrdiff_t>(o * columns);
    std::vector<double> row(fitted.values.begin() + begin, fitted.values.begin() + begin + columns);
    for (std::size_t k = 0; k < columns; ++k) EXPECT_EQ(row[k] != 0, kept[o * columns + k]);
    ours += error_of(m, o, row);
    for (std::size_t k = 0; k < columns; ++k) row[k] = kept[o * columns + k] ? weights[o * columns + k] : 0;
    theirs += error_of(m, o, row);
  }
  EXPECT_LT(ours, 0.1 * theirs);
}

TEST(Rounding, BeatsTheNearestIntegers) {
  const std::size_t rows = 8, columns = 40;
  const auto weights = random_weights(rows * columns);
  const LayerMoments m = moments(rows, columns, weights, 500);
  const RoundedWeights rounded = round_by_output(m, weights, {.highest = 7}, 1);
  double ours = 0, theirs = 0;
  for (std::size_t o = 0; o < rows; ++o) {
    double most = 0;
    for (std::size_t k = 0; k < columns; ++k) most = std::max(most, std::abs(weights[o * columns + k]));
    std::vector<double> nearest(columns), own(columns);
    for (std::size_t k = 0; k < columns; ++k) {
      nearest[k] = std::nearbyint(weights[o * columns + k] / most * 7) * most / 7;
      own[k] = rounded.stored[o * columns + k] * rounded.scale[o];
      EXPECT_LE(std::abs(rounded.stored[o * columns + k]), 7);
      EXPECT_EQ(rounded.stored[o * columns + k], std::nearbyint(rounded.stored[o * columns + k]));
    }
    ours += error_of(m, o, own), theirs += error_of(m, o, nearest);
    EXPECT_NEAR(rounded.error[o], error_of(m, o, own), 1e-9);
  }
  EXPECT_LT(ours, 0.7 * theirs);
}

// Columns of small weights beside columns of large ones: a scale for each block keeps them apart.
TEST(Rounding, BlocksHaveScalesOfTheirOwn) {
  const std::size_t rows = 8, columns = 40, block = 10;
  auto weights = random_weights(rows * columns);
  for (std::size_t i = 0; i < weights.size(); ++i) weights[i] *= (i / block) % 2 == 0 ? 1 : 0.05;
  const LayerMoments m = moments(rows, columns, weights, 500);
  const RoundedWeights whole = round_by_output(m, weights, {.highest = 7}, 1);
  const RoundedWeights blocks = round_by_output(m, weights, {.highest = 7, .block = block}, 2);
  ASSERT_EQ(blocks.scale.size(), rows * columns / block);
  double ours = 0, theirs = 0;
  for (std::size_t o = 0; o < rows; ++o) {
    std::vector<double> own(columns);
    for (std::size_t k = 0; k < columns; ++k) {
      const std::size_t i = o * columns + k;
      EXPECT_LE(std::abs(blocks.stored[i]), 7);
      own[k] = blocks.stored[i] * blocks.scale[i / block];
    }
    EXPECT_NEAR(blocks.error[o], error_of(m, o, own), 1e-9);
    ours += blocks.error[o], theirs += whole.error[o];
  }
  EXPECT_LT(ours, 0.7 * theirs);
}

// On a grid that is no even one: three values, chosen by what the row then puts out.
TEST(Rounding, BeatsTheNearestValuesOfAnyGrid) {
  const std::size_t rows = 8, columns = 40;
  const auto weights = random_weights(rows * columns);
  const LayerMoments m = moments(rows, columns, weights, 500);
  // Odd rows have a grid of their own.
  const auto nearest = [](std::size_t row, double w) {
    return row % 2 == 0 ? (w < -0.3 ? -0.7 : w < 0.5 ? 0.1 : 0.8) : (w < 0 ? -0.5 : 0.6);
  };
  const GriddedWeights rounded = round_to_grid(m, weights, nearest, 1);
  double ours = 0, theirs = 0;
  for (std::size_t o = 0; o < rows; ++o) {
    std::vector<double> alone, own;
    for (std::size_t k = 0; k < columns; ++k) {
      alone.push_back(nearest(o, weights[o * columns + k]));
      own.push_back(rounded.values[o * columns + k]);
      EXPECT_EQ(own[k], nearest(o, own[k])) << "not of the grid";
    }
    ours += error_of(m, o, own), theirs += error_of(m, o, alone);
    EXPECT_NEAR(rounded.error[o], error_of(m, o, own), 1e-9);
  }
  EXPECT_LT(ours, 0.5 * theirs);
}

// Without a grid nothing is lost.
TEST(Rounding, TheRealMinimiserIsWhatMadeTheResults) {
  const auto weights = random_weights(4 * 10);
  const LayerMoments m = moments(4, 10, weights, 500);
  const std::vector<double> best = best_weights(m, weights, 1);
  for (std::size_t i = 0; i < weights.size(); ++i) EXPECT_NEAR(best[i], weights[i], 1e-9);
}

// Three columns: every combination of integers near the weights is tried.
TEST(Rounding, IsTheBestOfAllForFewColumns) {
  const std::vector<double> weights{0.31, -0.77, 1.0};
  const LayerMoments m = moments(1, 3, weights, 5000);
  const RoundedWeights rounded = round_by_output(m, weights, {.highest = 127}, 1);
  const double scale = rounded.scale[0];
  double least = 1e9;
  for (int i = 0; i < 11 * 11 * 11; ++i) {
    std::vector<double> row{i % 11 - 5.0, i / 11 % 11 - 5.0, i / 121 - 5.0};
    for (std::size_t k = 0; k < 3; ++k) row[k] = (std::nearbyint(weights[k] / scale) + row[k]) * scale;
    least = std::min(least, error_of(m, 0, row));
  }
  EXPECT_LE(rounded.error[0], 2 * least + 1e-9);
}

TEST(Rounding, SameForAnyNumberOfThreads) {
  const auto weights = random_weights(16 * 30);
  const LayerMoments m = moments(16, 30, weights, 100);
  const RoundedWeights one = round_by_output(m, weights, {.highest = 7}, 1);
  for (const int threads : {2, 3}) {
    const RoundedWeights many = round_by_output(m, weights, {.highest = 7}, threads);
    EXPECT_EQ(many.stored, one.stored);
    EXPECT_EQ(many.scale, one.scale);
  }
}

TEST(Rounding, ScalesAreBoundedAndCommonWhereAsked) {
  const auto weights = random_weights(4 * 10);
  const LayerMoments m = moments(4, 10, weights, 100);
  const RoundedWeights bounded = round_by_output(m, weights, {.highest = 127, .least = {0, 0.5f, 0, 0}}, 1);
  EXPECT_GE(bounded.scale[1], 0.5f);
  EXPECT_LT(bounded.scale[0], 0.1f);
  const RoundedWeights common = round_by_output(m, weights, {.highest = 127, .per_channel = false}, 1);
  for (const float s : common.scale) EXPECT_EQ(s, common.scale[0]);
}

// A layer that reads nothing but zeros keeps its weights.
TEST(Rounding, WithoutInputsTheWeightsStay) {
  const auto weights = random_weights(2 * 5);
  LayerMoments m = moments(2, 5, weights, 10);
  std::ranges::fill(m.xx[0], 0.0);
  std::ranges::fill(m.yx, 0.0);
  const RoundedWeights rounded = round_by_output(m, weights, {.highest = 127}, 1);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    EXPECT_NEAR(rounded.stored[i] * rounded.scale[i / 5], weights[i], rounded.scale[i / 5]);
  }
}

TEST(Rounding, BiasMakesTheMeanRight) {
  const std::vector<double> weights{1, 2, 3, 4};
  LayerMoments m{.matrix = {2, 2, false}, .samples = 1};
  m.x_mean = {0.5, 0.25};
  m.y_mean = {2, 3};
  const std::vector<double> bias = matching_bias(m, weights);
  EXPECT_NEAR(bias[0], 2 - 1.0, 1e-12);
  EXPECT_NEAR(bias[1], 3 - 2.5, 1e-12);
}

}  // namespace paw::rounding_test
