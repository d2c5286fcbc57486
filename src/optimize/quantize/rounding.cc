#include "optimize/quantize/rounding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <optional>
#include <utility>

#include "optimize/quantize/channel_quant.h"
#include "optimize/quantize/least_squares.h"
#include "optimize/quantize/parallel.h"

namespace paw {

namespace {

constexpr int kSweeps = 12;

// The matrix of one problem, its columns sorted so that those with the largest inputs are rounded first (from the end),
// and its Cholesky factor.
class Quadratic {
 public:
  Quadratic(const std::vector<double>& xx, std::size_t n, double ridge)
      : n_(n), order_(sorted_columns(xx, n)), a_(in_order(xx, order_)), factor_(a_, n, ridge) {
    for (std::size_t i = 0; i < n; ++i) a_[i * n + i] += ridge;
  }
  std::size_t size() const { return n_; }
  std::size_t column(std::size_t i) const { return order_[i]; }
  const double* row(std::size_t i) const { return a_.data() + i * n_; }
  const double* upper(std::size_t i) const { return factor_.upper(i); }

  // x with A x = b, in place.
  void solve(std::vector<double>& b) const { factor_.solve(b); }

 private:
  static std::vector<std::size_t> sorted_columns(const std::vector<double>& xx, std::size_t n) {
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(xx[i * n + i], i); });
    return order;
  }
  static std::vector<double> in_order(const std::vector<double>& xx, const std::vector<std::size_t>& order) {
    const std::size_t n = order.size();
    std::vector<double> out(n * n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) out[i * n + j] = xx[order[i] * n + order[j]];
    }
    return out;
  }

  std::size_t n_;
  std::vector<std::size_t> order_;
  std::vector<double> a_;
  Cholesky factor_;
};

// One row: the real minimiser and its rounding.
class RowProblem {
 public:
  RowProblem(const Quadratic& q, std::span<const double> weights, const double* yx, double ridge) : q_(q) {
    const std::size_t n = q.size();
    std::vector<double> w(n);
    for (std::size_t i = 0; i < n; ++i) w[i] = weights[q.column(i)];
    best_.resize(n);
    for (std::size_t i = 0; i < n; ++i) best_[i] = yx[q.column(i)] + ridge * w[i];
    q.solve(best_);
    gradient_.resize(n);
    error_.resize(n);
  }
  const std::vector<double>& real() const { return best_; }

  // Numbers that `nearest` gives for a place in the order of the quadratic and what is wanted there, in that order; the
  // squared error that they add.
  template <class Nearest>
  double round(const Nearest& nearest, std::vector<double>& values) {
    const std::size_t n = q_.size();
    values.resize(n);
    for (std::size_t k = n; k-- > 0;) {
      const double* u = q_.upper(k);
      values[k] = nearest(k, best_[k] - inner_product(u + k + 1, error_.data() + k + 1, n - k - 1) / u[k]);
      error_[k] = values[k] - best_[k];
    }
    for (std::size_t k = 0; k < n; ++k) gradient_[k] = inner_product(q_.row(k), error_.data(), n);
    for (int sweep = 0; sweep < kSweeps; ++sweep) {
      if (!improve(nearest, values)) break;
    }
    return inner_product(error_.data(), gradient_.data(), n);
  }

 private:
  template <class Nearest>
  bool improve(const Nearest& nearest, std::vector<double>& values) {
    bool changed = false;
    const std::size_t n = q_.size();
    for (std::size_t k = 0; k < n; ++k) {
      const double* a = q_.row(k);
      const double now = nearest(k, values[k] - gradient_[k] / a[k]);
      if (now == values[k]) continue;
      const double by = now - values[k];
      // Ties and rounding errors would make it go on for ever.
      if (by * (2 * gradient_[k] + by * a[k]) >= -1e-12 * a[k] * by * by) continue;
      values[k] = now;
      error_[k] += by;
      for (std::size_t j = 0; j < n; ++j) gradient_[j] += by * a[j];
      changed = true;
    }
    return changed;
  }

  const Quadratic& q_;
  std::vector<double> best_, error_, gradient_;
};

double farthest(std::span<const double> v) {
  double most = 0;
  for (const double x : v) most = std::max(most, std::abs(x));
  return most;
}

// The problems of all rows of a layer.
class LayerProblem {
 public:
  explicit LayerProblem(const LayerMoments& m) : m_(m), ridge_for_all_(ridge_of(m.xx[0], m.matrix.columns, m.samples)) {
    if (m.xx.size() == 1) shared_.emplace(m.xx[0], m.matrix.columns, ridge_for_all_);
  }

  // f(row, its problem, its quadratic) for all of them; `weights`: [rows][columns].
  template <class F>
  void each_row(std::span<const double> weights, int threads, const F& f) const {
    const std::size_t n = m_.matrix.columns;
    for_each_index(threads, m_.matrix.rows, [&](std::size_t o) {
      const double ridge = shared_ ? ridge_for_all_ : ridge_of(m_.xx_of(o), n, m_.samples);
      std::optional<Quadratic> own;
      if (!shared_) own.emplace(m_.xx_of(o), n, ridge);
      const Quadratic& q = shared_ ? *shared_ : *own;
      RowProblem problem(q, weights.subspan(o * n, n), m_.yx.data() + o * n, ridge);
      f(o, problem, q);
    });
  }

 private:
  const LayerMoments& m_;
  double ridge_for_all_;
  std::optional<Quadratic> shared_;
};

// Of row `o`: mean squared error of what it puts out with these weights, the bias being right.
double row_error(const LayerMoments& m, std::size_t o, const double* row) {
  const std::size_t n = m.matrix.columns;
  double squares = m.yy[o] - 2 * inner_product(row, m.yx.data() + o * n, n);
  for (std::size_t k = 0; k < n; ++k) squares += row[k] * inner_product(m.xx_of(o).data() + k * n, row, n);
  return std::max(squares, 0.0);
}

// Row of a quadratic as it lies in the weights.
void put(const Quadratic& q, std::span<const double> ordered, double* to) {
  for (std::size_t k = 0; k < ordered.size(); ++k) to[q.column(k)] = ordered[k];
}

}  // namespace

RoundedWeights round_by_output(const LayerMoments& m, std::span<const double> weights, const RoundingLimits& limits,
                               int threads) {
  const std::size_t n = m.matrix.columns, rows = m.matrix.rows, block = limits.block == 0 ? n : limits.block;
  const std::size_t blocks = n / block;  // of a row
  RoundedWeights out{std::vector<double>(rows * n), std::vector<float>(rows * blocks), std::vector<double>(rows)};
  const float common = limits.per_channel ? 0
                                          : usable_scale(farthest(weights) / limits.highest,
                                                         limits.least.empty() ? 0 : std::ranges::max(limits.least));
  static constexpr std::array kNarrower{1.0, 0.9, 0.8, 0.7, 0.6};
  const std::size_t tried = limits.highest < 100 && limits.per_channel ? kNarrower.size() : 1;
  LayerProblem(m).each_row(weights, threads, [&](std::size_t o, RowProblem& problem, const Quadratic& q) {
    std::vector<double> most(blocks);
    for (std::size_t k = 0; k < n; ++k) {
      double& widest = most[q.column(k) / block];
      widest = std::max(widest, std::abs(problem.real()[k]));
    }
    double least_error = INFINITY;
    std::vector<double> values, best, scales(blocks);
    for (std::size_t t = 0; t < tried; ++t) {
      for (std::size_t b = 0; b < blocks; ++b) {
        const double widest = kNarrower[t] * most[b] / limits.highest;
        scales[b] = common > 0 ? common : usable_scale(widest, limits.least.empty() ? 0 : limits.least[o]);
      }
      const auto nearest = [&](std::size_t k, double wanted) {
        const double scale = scales[q.column(k) / block];
        return std::clamp(std::nearbyint(wanted / scale), -limits.highest, limits.highest) * scale;
      };
      const double error = problem.round(nearest, values);
      if (error >= least_error) continue;
      least_error = error;
      best = values;
      for (std::size_t b = 0; b < blocks; ++b) out.scale[o * blocks + b] = static_cast<float>(scales[b]);
    }
    double* row = out.stored.data() + o * n;
    put(q, best, row);
    out.error[o] = row_error(m, o, row);
    for (std::size_t k = 0; k < n; ++k) row[k] = std::nearbyint(row[k] / double{out.scale[o * blocks + k / block]});
  });
  return out;
}

namespace {

// `nearest`: of row, column and what is wanted there.
template <class Nearest>
GriddedWeights rounded_rows(const LayerMoments& m, std::span<const double> weights, const Nearest& nearest,
                            int threads) {
  const std::size_t n = m.matrix.columns, rows = m.matrix.rows;
  GriddedWeights out{std::vector<double>(rows * n), std::vector<double>(rows)};
  LayerProblem(m).each_row(weights, threads, [&](std::size_t o, RowProblem& problem, const Quadratic& q) {
    std::vector<double> values;
    problem.round([&](std::size_t k, double wanted) { return nearest(o, q.column(k), wanted); }, values);
    put(q, values, out.values.data() + o * n);
    out.error[o] = row_error(m, o, out.values.data() + o * n);
  });
  return out;
}

}  // namespace

GriddedWeights round_to_grid(const LayerMoments& m, std::span<const double> weights, const Grid& nearest, int threads) {
  return rounded_rows(
      m, weights, [&](std::size_t o, std::size_t, double wanted) { return nearest(o, wanted); }, threads);
}

GriddedWeights fit_kept(const LayerMoments& m, std::span<const double> weights, const std::vector<bool>& kept,
                        int threads) {
  const auto zero_or = [&](std::size_t o, std::size_t k, double wanted) {
    return kept[o * m.matrix.columns + k] ? wanted : 0.0;
  };
  return rounded_rows(m, weights, zero_or, threads);
}

std::vector<double> best_weights(const LayerMoments& m, std::span<const double> weights, int threads) {
  const std::size_t n = m.matrix.columns;
  std::vector<double> out(weights.size());
  LayerProblem(m).each_row(weights, threads, [&](std::size_t o, RowProblem& problem, const Quadratic& q) {
    put(q, problem.real(), out.data() + o * n);
  });
  return out;
}

std::vector<double> matching_bias(const LayerMoments& m, std::span<const double> weights) {
  std::vector<double> out(m.matrix.rows);
  for (std::size_t o = 0; o < out.size(); ++o) {
    out[o] = m.y_mean[o] - inner_product(weights.data() + o * m.matrix.columns, m.x_mean_of(o), m.matrix.columns);
  }
  return out;
}

}  // namespace paw
