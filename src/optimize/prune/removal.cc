#include "optimize/prune/removal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "ir/model.h"
#include "optimize/quantize/layer_rows.h"
#include "optimize/quantize/least_squares.h"

namespace paw {

namespace {

constexpr std::int64_t kLeastChannels = 8;
constexpr double kRidgeShare = 0.01;           // of the mean diagonal
constexpr std::size_t kMostEliminated = 1536;  // columns; eliminating wider layers takes minutes
constexpr std::int64_t kPlaces = 8192;

// One reader's columns, of which those of a channel go together.
class Eliminator {
 public:
  Eliminator(const LayerMoments& m, std::vector<double> weights, std::size_t channels, int threads)
      : n_(m.matrix.columns), rows_(m.matrix.rows), channels_(channels), weights_(std::move(weights)), gone_(channels) {
    for (const double yy : m.yy) energy_ += yy;
    double trace = 0;
    for (std::size_t i = 0; i < n_; ++i) trace += m.xx[0][i * n_ + i];
    const double ridge = std::max(kRidgeShare * trace / static_cast<double>(n_), 1e-12);
    exact_ = n_ <= kMostEliminated;
    if (exact_) {
      inverse_ = Cholesky(m.xx[0], n_, ridge).inverse(threads);
    } else {
      for (std::size_t i = 0; i < n_; ++i) diagonal_.push_back(m.xx[0][i * n_ + i]);
    }
  }

  Removal run() {
    Removal out{.order = {}, .cost = {}, .least = std::min(kLeastChannels, static_cast<std::int64_t>(channels_))};
    while (static_cast<std::int64_t>(channels_ - out.order.size()) > out.least) {
      const std::size_t channel = cheapest();
      out.cost.push_back(remove(channel) / std::max(energy_, 1e-30));
      out.order.push_back(static_cast<std::int64_t>(channel));
    }
    return out;
  }

 private:
  // What it costs to lose column k alone, the others making up for it.
  double price(std::size_t k) const {
    double squares = 0;
    for (std::size_t o = 0; o < rows_; ++o) squares += weights_[o * n_ + k] * weights_[o * n_ + k];
    return exact_ ? squares / inverse_[k * n_ + k] : squares * diagonal_[k];
  }

  std::size_t cheapest() {
    if (prices_.empty() || exact_) {
      prices_.assign(channels_, 0);
      for (std::size_t k = 0; k < n_; ++k) {
        if (!gone_[k % channels_]) prices_[k % channels_] += price(k);
      }
    }
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < channels_; ++c) {
      if (gone_[c] || prices_[c] >= least) continue;
      least = prices_[c];
      best = c;
    }
    return best;
  }

  double remove(std::size_t channel) {
    gone_[channel] = true;
    double cost = 0;
    for (std::size_t k = channel; k < n_; k += channels_) {
      cost += price(k);
      if (exact_) eliminate(k);
    }
    return cost;
  }

  // Column k of the weights becomes zero, the others change as the inverse says; the inverse loses row and column k.
  void eliminate(std::size_t k) {
    const std::vector<double> row(inverse_.begin() + static_cast<std::ptrdiff_t>(k * n_),
                                  inverse_.begin() + static_cast<std::ptrdiff_t>((k + 1) * n_));
    for (std::size_t o = 0; o < rows_; ++o) subtract(weights_.data() + o * n_, row, weights_[o * n_ + k] / row[k]);
    for (std::size_t i = 0; i < n_; ++i) {
      if (i != k && !gone_[i % channels_]) subtract(inverse_.data() + i * n_, row, row[i] / row[k]);
    }
    for (std::size_t o = 0; o < rows_; ++o) weights_[o * n_ + k] = 0;
  }

  void subtract(double* from, const std::vector<double>& row, double factor) const {
    if (factor == 0) return;
    for (std::size_t j = 0; j < n_; ++j) from[j] -= factor * row[j];
  }

  std::size_t n_, rows_, channels_;
  std::vector<double> weights_;  // [rows][n]
  std::vector<double> inverse_, diagonal_, prices_;
  std::vector<bool> gone_;
  double energy_ = 0;
  bool exact_ = true;
};

NodeId main_reader(const Graph& graph, const ChannelGroup& group) {
  return *std::ranges::max_element(group.readers, {}, [&](NodeId n) { return totals(graph, n).macs; });
}

}  // namespace

Result<std::vector<Removal>> plan_removals(const Graph& graph, const std::vector<ChannelGroup>& groups,
                                           const CalibrationSet& examples, int threads,
                                           const QuantiseProgress& progress) {
  std::map<std::uint32_t, std::size_t> group_of;  // by reader, in the order of nodes
  for (std::size_t g = 0; g < groups.size(); ++g) group_of[main_reader(graph, groups[g]).index] = g;
  const std::int64_t count = affordable_examples(graph, examples.size());
  StagedRun inputs(graph, examples, count, threads), targets(graph, examples, count, threads);
  std::vector<Removal> out(groups.size());
  std::int64_t done = 0;
  for (const auto& [index, g] : group_of) {
    say(progress, "ranking channels", done++, std::ssize(groups));
    const NodeId reader(index);
    PAW_RETURN_IF_ERROR(inputs.run_until(reader));
    PAW_RETURN_IF_ERROR(targets.run_until(NodeId(index + 1)));
    const LayerMoments m =
        layer_moments(graph, reader, inputs, targets, graph[reader].outputs[0], kPlaces, true, threads);
    const auto weights = graph.tensor(graph[reader].inputs[1]);
    out[g] = Eliminator(m, real_values(weights), static_cast<std::size_t>(groups[g].channels), threads).run();
    for (double& cost : out[g].cost) cost *= static_cast<double>(groups[g].readers.size() * groups[g].readers.size());
  }
  return out;
}

}  // namespace paw
