#include "train/novelty.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "base/random.h"
#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "passes/passes.h"

namespace paw {

namespace {

// How fast scores fall beyond the limit: at a tenth more, logits are divided by 3.
constexpr double kSteepness = 20;
constexpr int kIterations = 6;
constexpr std::string_view kScope = "novelty";  // source note of its nodes, by which they are known
constexpr std::int64_t kSpare = 8;              // directions carried along for convergence

double root(float feature) { return feature > 0 ? std::sqrt(static_cast<double>(feature)) : 0; }

// Rows of `q` [rows][width] made orthonormal (Gram & Schmidt, twice for its rounding). What has no direction left of
// its own becomes zero.
void orthonormalize(std::vector<double>& q, std::size_t rows, std::size_t width) {
  const auto row = [&](std::size_t r) { return std::span(q).subspan(r * width, width); };
  const auto dot = [&](std::size_t a, std::size_t b) {
    double sum = 0;
    for (std::size_t i = 0; i < width; ++i) sum += row(a)[i] * row(b)[i];
    return sum;
  };
  for (std::size_t r = 0; r < rows; ++r) {
    const double before = std::sqrt(dot(r, r));
    for (int pass = 0; pass < 2; ++pass) {
      for (std::size_t k = 0; k < r; ++k) {
        const double along = dot(r, k);
        for (std::size_t i = 0; i < width; ++i) row(r)[i] -= along * row(k)[i];
      }
    }
    const double length = std::sqrt(dot(r, r));
    const double scale = length > 1e-9 * before ? 1 / length : 0;
    for (double& v : row(r)) v *= scale;
  }
}

// q [rows][width] times a symmetric matrix [width][width].
std::vector<double> times(const std::vector<double>& q, std::size_t rows, const std::vector<double>& matrix,
                          std::size_t width) {
  std::vector<double> out(q.size());
  for (std::size_t r = 0; r < rows; ++r) {
    double* const to = out.data() + r * width;
    for (std::size_t k = 0; k < width; ++k) {
      const double factor = q[r * width + k];
      const double* const from = matrix.data() + k * width;
      for (std::size_t i = 0; i < width; ++i) to[i] += factor * from[i];
    }
  }
  return out;
}

}  // namespace

FeatureMoments::FeatureMoments(std::int64_t width)
    : width_(width), sum_(static_cast<std::size_t>(width)), products_(static_cast<std::size_t>(width * width)) {}

void FeatureMoments::add(std::span<const float> features) {
  const auto width = static_cast<std::size_t>(width_);
  std::vector<double> roots(width);
  std::ranges::transform(features, roots.begin(), root);
  for (std::size_t a = 0; a < width; ++a) {
    sum_[a] += roots[a];
    if (roots[a] == 0) continue;
    double* const to = products_.data() + a * width;
    for (std::size_t b = a; b < width; ++b) to[b] += roots[a] * roots[b];
  }
  count_ += 1;
}

void FeatureMoments::add(const FeatureMoments& others) {
  count_ += others.count_;
  std::ranges::transform(sum_, others.sum_, sum_.begin(), std::plus{});
  std::ranges::transform(products_, others.products_, products_.begin(), std::plus{});
}

void FeatureMoments::subtract(const FeatureMoments& some) {
  count_ -= some.count_;
  std::ranges::transform(sum_, some.sum_, sum_.begin(), std::minus{});
  std::ranges::transform(products_, some.products_, products_.begin(), std::minus{});
}

Novelty Novelty::fit(const FeatureMoments& moments, std::int64_t directions) {
  const auto width = static_cast<std::size_t>(moments.width_);
  const auto most = static_cast<std::int64_t>(moments.count_ / 2);
  Novelty novelty{.width = moments.width_,
                  .directions = std::clamp<std::int64_t>(directions, 0, std::min(most, moments.width_)),
                  .mean = {},
                  .basis = {}};
  std::vector<double> mean(width), covariance(width * width);
  for (std::size_t a = 0; a < width; ++a) mean[a] = moments.sum_[a] / std::max(moments.count_, 1.0);
  for (std::size_t a = 0; a < width; ++a) {
    for (std::size_t b = a; b < width; ++b) {
      const double value = moments.products_[a * width + b] / std::max(moments.count_, 1.0) - mean[a] * mean[b];
      covariance[a * width + b] = covariance[b * width + a] = value;
    }
  }
  const auto rows = static_cast<std::size_t>(std::min(novelty.directions + kSpare, moments.width_));
  std::vector<double> q(rows * width);
  for (std::size_t i = 0; i < q.size(); ++i) q[i] = random_normal(1, 2, i);
  for (int i = 0; i < kIterations; ++i) {
    orthonormalize(q, rows, width);
    q = times(q, rows, covariance, width);
  }
  orthonormalize(q, rows, width);
  novelty.mean.assign(mean.begin(), mean.end());
  q.resize(static_cast<std::size_t>(novelty.directions) * width);
  novelty.basis.assign(q.begin(), q.end());
  return novelty;
}

double Novelty::distance(std::span<const float> features) const {
  std::vector<double> centred(features.size());
  double rest = 0;
  for (std::size_t i = 0; i < features.size(); ++i) {
    centred[i] = root(features[i]) - static_cast<double>(mean[i]);
    rest += centred[i] * centred[i];
  }
  for (std::size_t d = 0; d < static_cast<std::size_t>(directions); ++d) {
    double along = 0;
    for (std::size_t i = 0; i < centred.size(); ++i)
      along += centred[i] * static_cast<double>(basis[d * centred.size() + i]);
    rest -= along * along;
  }
  return rest;
}

double Novelty::divisor(double distance) const {
  return limit > 0 ? 1 + kSteepness * std::max(0.0, distance / limit - 1) : 1;
}

Result<Model> with_novelty(const Model& model, const Novelty& novelty) {
  Model out = model;
  Graph& graph = out.graph;
  const ValueId features = graph.find("features"), old = graph.outputs[0];
  const NodeId last = Uses(graph).producer(old);
  if (!features.valid() || !last.valid() || graph[last].op != &op::softmax) {
    return fail(ErrorCode::kUnsupported, model.provenance.origin, "has no features under a softmax");
  }
  const std::string name = graph[old].name;
  graph.outputs = {graph[last].inputs[0], features};
  PAW_RETURN_IF_ERROR(run_pass(graph, pass::eliminate_dead_code));
  GraphBuilder b(std::move(graph));
  const std::vector<ValueId> ends = b.graph().outputs;
  b.set_scope(std::string(kScope));
  const ReduceAttrs over_features{{1}, true};
  const ValueId roots = b.call(op::sqrt, {b.call(op::relu, {ends[1]})});
  const ValueId centred =
      b.call(op::sub, {roots, b.constant(Tensor::f32({1, novelty.width}, novelty.mean), "novelty/mean")});
  const ValueId total = b.call(op::reduce_sum, {b.call(op::square, {centred})}, over_features);
  ValueId distance = total;
  if (novelty.directions > 0) {
    const ValueId basis = b.constant(Tensor::f32({novelty.directions, novelty.width}, novelty.basis), "novelty/basis");
    const ValueId along = b.call(op::fully_connected, {centred, basis, ValueId{}});
    const ValueId inside = b.call(op::reduce_sum, {b.call(op::square, {along})}, over_features);
    distance = b.call(op::sub, {total, inside});
  }
  const ValueId scaled = b.call(op::mul, {distance, b.scalar(kSteepness / novelty.limit)});
  const ValueId excess = b.call(op::relu, {b.call(op::sub, {scaled, b.scalar(kSteepness)})});
  const ValueId divisor = b.call(op::add, {excess, b.scalar(1)});
  const ValueId tempered = b.call(op::div, {ends[0], divisor});
  b.set_scope("softmax");
  const ValueId scores = b.call(op::softmax, {tempered}, {}, {.name = name});
  PAW_ASSIGN_OR_RETURN(out.graph, b.finish());
  out.graph.outputs = {scores};
  return out;
}

std::optional<Model> without_novelty(const Model& model) {
  Model out = model;
  Graph& graph = out.graph;
  const Uses uses(graph);
  const NodeId last = graph.outputs.empty() ? NodeId{} : uses.producer(graph.outputs[0]);
  if (!last.valid() || graph[last].op != &op::softmax) return std::nullopt;
  const NodeId division = uses.producer(graph[last].inputs[0]);
  if (!division.valid() || graph[division].op != &op::div || graph[division].source != kScope) return std::nullopt;
  graph[last].inputs[0] = graph[division].inputs[0];
  if (!run_pass(graph, pass::eliminate_dead_code)) return std::nullopt;
  return out;
}

}  // namespace paw
