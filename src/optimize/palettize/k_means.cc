#include "optimize/palettize/k_means.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace paw {

namespace {

constexpr std::size_t kCells = 2048;
constexpr int kMostRefinements = 50;

// Sums over the first i of some weighted points.
class PrefixSums {
 public:
  void add(double weight, double at) {
    weight_.push_back(weight_.back() + weight);
    sum_.push_back(sum_.back() + weight * at);
    squares_.push_back(squares_.back() + weight * at * at);
  }
  std::size_t size() const { return weight_.size() - 1; }
  double weight(std::size_t begin, std::size_t end) const { return weight_[end] - weight_[begin]; }
  double mean(std::size_t begin, std::size_t end) const { return (sum_[end] - sum_[begin]) / weight(begin, end); }
  // Of the points to their mean.
  double error(std::size_t begin, std::size_t end) const {
    const double w = weight(begin, end), s = sum_[end] - sum_[begin];
    return w > 0 ? std::max(0.0, squares_[end] - squares_[begin] - s * s / w) : 0;
  }

 private:
  std::vector<double> weight_{0}, sum_{0}, squares_{0};
};

// One more cluster: from the least errors of the first i points in n clusters to those in n + 1. first[i]: where the
// last of them begins.
class NextCluster {
 public:
  NextCluster(const PrefixSums& points, const std::vector<double>& fewer)
      : points_(points), fewer_(fewer), least_(fewer.size()), first_(fewer.size()) {
    run(0, fewer.size() - 1, 0, fewer.size() - 1);
  }
  std::vector<double> least() && { return std::move(least_); }
  const std::vector<std::size_t>& first() const { return first_; }

 private:
  // For ends in [low, high], whose last cluster begins in [from, to].
  void run(std::size_t low, std::size_t high, std::size_t from, std::size_t to) {
    const std::size_t end = (low + high) / 2;
    double best = std::numeric_limits<double>::infinity();
    for (std::size_t begin = from; begin <= std::min(end, to); ++begin) {
      const double error = fewer_[begin] + points_.error(begin, end);
      if (error < best) {
        best = error;
        first_[end] = begin;
      }
    }
    least_[end] = best;
    if (end > low) run(low, end - 1, from, first_[end]);
    if (end < high) run(end + 1, high, first_[end], to);
  }

  const PrefixSums& points_;
  const std::vector<double>& fewer_;
  std::vector<double> least_;
  std::vector<std::size_t> first_;
};

// Ends of the best clusters of points, the last being all of them.
std::vector<std::size_t> best_ends(const PrefixSums& points, std::size_t count) {
  std::vector<double> least(points.size() + 1);
  for (std::size_t i = 0; i <= points.size(); ++i) least[i] = points.error(0, i);
  std::vector<std::vector<std::size_t>> first;
  for (std::size_t n = 1; n < count; ++n) {
    NextCluster split(points, least);
    first.push_back(split.first());
    least = std::move(split).least();
  }
  std::vector<std::size_t> ends{points.size()};
  for (std::size_t n = first.size(); n-- > 0 && ends.back() > 0;) ends.push_back(first[n][ends.back()]);
  std::ranges::reverse(ends);
  return ends;
}

std::vector<float> means(const PrefixSums& points, const std::vector<std::size_t>& ends) {
  std::vector<float> values;
  for (std::size_t i = 0, begin = 0; i < ends.size(); begin = ends[i++]) {
    if (points.weight(begin, ends[i]) > 0) values.push_back(static_cast<float>(points.mean(begin, ends[i])));
  }
  const auto repeated = std::ranges::unique(values);
  values.erase(repeated.begin(), repeated.end());
  return values;
}

// Ascending, with their weights.
struct Sorted {
  std::vector<float> numbers;
  PrefixSums moments;
};

Sorted sorted(std::span<const float> numbers, std::span<const float> weights) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(numbers[i], i); });
  Sorted out;
  for (const std::size_t i : order) {
    out.numbers.push_back(numbers[i]);
    out.moments.add(weights.empty() ? 1 : weights[i], numbers[i]);
  }
  return out;
}

// The numbers of each cell of an even grid as one point, at their mean.
PrefixSums gridded(const Sorted& all) {
  const double low = all.numbers.front(), step = (all.numbers.back() - low) / kCells;
  PrefixSums points;
  for (std::size_t begin = 0, cell = 1; begin < all.numbers.size(); ++cell) {
    const double border = cell < kCells ? low + static_cast<double>(cell) * step : HUGE_VAL;
    std::size_t end = begin;
    while (end < all.numbers.size() && all.numbers[end] <= border) ++end;
    const double weight = all.moments.weight(begin, end);
    if (weight > 0) points.add(weight, all.moments.mean(begin, end));
    begin = end;
  }
  return points;
}

// Where the numbers nearest to each value end.
std::vector<std::size_t> ends_of(std::span<const float> values, const Sorted& all) {
  std::vector<std::size_t> ends;
  for (std::size_t i = 0; i + 1 < values.size(); ++i) {
    const double middle = (static_cast<double>(values[i]) + values[i + 1]) / 2;
    const auto end = std::ranges::upper_bound(all.numbers, middle, {}, [](float v) { return static_cast<double>(v); });
    ends.push_back(static_cast<std::size_t>(end - all.numbers.begin()));
  }
  ends.push_back(all.numbers.size());
  return ends;
}

}  // namespace

std::size_t nearest_value(std::span<const float> values, float number) {
  const auto above = std::ranges::lower_bound(values, number);
  if (above == values.begin()) return 0;
  const auto index = static_cast<std::size_t>(above - values.begin());
  if (above == values.end()) return index - 1;
  return number - values[index - 1] <= *above - number ? index - 1 : index;
}

std::vector<float> k_means(std::span<const float> numbers, std::span<const float> weights, std::size_t count) {
  if (numbers.empty() || count == 0) return {};
  const Sorted all = sorted(numbers, weights);
  std::vector<float> distinct = all.numbers;
  const auto repeated = std::ranges::unique(distinct);
  distinct.erase(repeated.begin(), repeated.end());
  if (distinct.size() <= count) return distinct;
  const PrefixSums points = gridded(all);
  if (points.size() == 0) return {distinct.front()};  // all weights are 0
  std::vector<float> values = means(points, best_ends(points, std::min(count, points.size())));
  for (int i = 0; i < kMostRefinements; ++i) {
    std::vector<float> better = means(all.moments, ends_of(values, all));
    if (better == values) break;
    values = std::move(better);
  }
  return values;
}

}  // namespace paw
