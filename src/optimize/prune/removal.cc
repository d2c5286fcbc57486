#include "optimize/prune/removal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "optimize/prune/answer_effects.h"
#include "optimize/quantize/layer_rows.h"
#include "optimize/quantize/least_squares.h"

namespace paw {

namespace {

constexpr std::int64_t kLeastChannels = 8;
constexpr double kRidgeShare = 0.01;           // of the mean diagonal
constexpr std::size_t kMostEliminated = 1536;  // columns; eliminating wider layers takes minutes
constexpr std::int64_t kPlaces = 32768;

// One reader's columns, of which those of a channel go together.
class Eliminator {
 public:
  // `effects`: of an error in what each row puts out (answer_effects()).
  Eliminator(const LayerMoments& m, std::vector<double> weights, std::vector<double> effects, std::size_t channels,
             int threads)
      : n_(m.matrix.columns),
        rows_(m.matrix.rows),
        channels_(channels),
        weights_(std::move(weights)),
        effects_(std::move(effects)),
        gone_(channels) {
    double trace = 0;
    for (std::size_t i = 0; i < n_; ++i) trace += m.xx[0][i * n_ + i];
    const double ridge = std::max(kRidgeShare * trace / static_cast<double>(n_), 1e-12);
    exact_ = n_ <= kMostEliminated;
    if (exact_) {
      inverse_ = Cholesky(m.xx[0], n_, ridge).inverse(threads);
    } else {
      for (std::size_t i = 0; i < n_; ++i) diagonal_.push_back(m.xx[0][i * n_ + i]);
    }
    find_prices();
  }

  // Of each channel that is left: what it costs to lose it alone, the others making up for it.
  const std::vector<double>& prices() const { return prices_; }

  double remove(std::size_t channel) {
    gone_[channel] = true;
    double cost = 0;
    for (std::size_t k = channel; k < n_; k += channels_) {
      cost += price(k);
      if (exact_) eliminate(k);
    }
    if (exact_) find_prices();
    return cost;
  }

 private:
  double price(std::size_t k) const {
    double change = 0;
    for (std::size_t o = 0; o < rows_; ++o) change += effects_[o] * weights_[o * n_ + k] * weights_[o * n_ + k];
    return exact_ ? change / inverse_[k * n_ + k] : change * diagonal_[k];
  }

  void find_prices() {
    prices_.assign(channels_, 0);
    for (std::size_t k = 0; k < n_; ++k) {
      if (!gone_[k % channels_]) prices_[k % channels_] += price(k);
    }
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
  std::vector<double> effects_, inverse_, diagonal_, prices_;
  std::vector<bool> gone_;
  bool exact_ = true;
};

// The channels of a group in the order in which they are cheapest to all that read them.
Removal removal_order(std::vector<Eliminator>& readers, std::int64_t channels) {
  Removal out{.order = {}, .cost = {}, .least = std::min(kLeastChannels, channels)};
  std::vector<bool> gone(static_cast<std::size_t>(channels));
  while (channels - std::ssize(out.order) > out.least) {
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < gone.size(); ++c) {
      double price = 0;
      for (const Eliminator& reader : readers) price += reader.prices()[c];
      if (gone[c] || price >= least) continue;
      least = price;
      best = c;
    }
    gone[best] = true;
    out.order.push_back(static_cast<std::int64_t>(best));
    out.cost.push_back(0);
    for (Eliminator& reader : readers) out.cost.back() += reader.remove(best);
  }
  return out;
}

// Where each layer that reads channels of a group lies: its group, by its node.
std::map<std::uint32_t, std::size_t> groups_of_readers(const std::vector<ChannelGroup>& groups) {
  std::map<std::uint32_t, std::size_t> out;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    for (const NodeId reader : groups[g].readers) out[reader.index] = g;
  }
  return out;
}

}  // namespace

Result<std::vector<Removal>> plan_removals(const Graph& graph, const std::vector<ChannelGroup>& groups,
                                           const CalibrationSet& examples, int threads,
                                           const QuantiseProgress& progress) {
  const std::map<std::uint32_t, std::size_t> group_of = groups_of_readers(groups);
  std::vector<ValueId> results;
  for (const auto& [index, g] : group_of) results.push_back(graph[NodeId(index)].outputs[0]);
  PAW_ASSIGN_OR_RETURN(const auto effects, answer_effects(graph, results, examples, threads));
  const std::int64_t count = affordable_examples(graph, examples.size());
  StagedRun inputs(graph, examples, count, threads);
  std::vector<std::vector<Eliminator>> readers(groups.size());
  std::vector<Removal> out(groups.size());
  std::int64_t done = 0;
  for (const auto& [index, g] : group_of) {
    say(progress, "ranking channels", done, std::ssize(group_of));
    const NodeId reader(index);
    PAW_RETURN_IF_ERROR(inputs.run_until(reader));
    const LayerMoments m = input_moments(graph, reader, inputs, kPlaces, threads);
    readers[g].emplace_back(m, real_values(graph.tensor(graph[reader].inputs[1])),
                            effects[static_cast<std::size_t>(done++)], static_cast<std::size_t>(groups[g].channels),
                            threads);
    if (readers[g].size() < groups[g].readers.size()) continue;
    out[g] = removal_order(readers[g], groups[g].channels);
    readers[g].clear();
  }
  return out;
}

}  // namespace paw
