#include "optimize/prune/channels.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "ir/model.h"
#include "ir/verify.h"
#include "ops/ops.h"
#include "optimize/prune/channel_groups.h"
#include "optimize/prune/refit.h"
#include "optimize/prune/removal.h"
#include "optimize/quantize/layer_rows.h"

namespace paw {

namespace {

constexpr std::int64_t kWidthStep = 8;  // kernels work on that many channels at a time
constexpr int kHalvings = 60;

// Multiply-accumulates of the graph when only some channels of each group are left.
class Macs {
 public:
  Macs(const Graph& graph, const std::vector<ChannelGroup>& groups) : groups_(groups) {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) macs_.push_back(totals(graph, NodeId(i)).macs);
  }

  std::int64_t all() const { return std::accumulate(macs_.begin(), macs_.end(), std::int64_t{0}); }

  double left(const std::vector<std::int64_t>& widths) const {
    std::vector<double> share(macs_.size(), 1);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      const double part = static_cast<double>(widths[g]) / static_cast<double>(groups_[g].channels);
      for (const auto* nodes : {&groups_[g].makers, &groups_[g].depthwise, &groups_[g].readers}) {
        for (const NodeId n : *nodes) share[n.index] *= part;
      }
    }
    double sum = 0;
    for (std::size_t i = 0; i < macs_.size(); ++i) sum += share[i] * static_cast<double>(macs_[i]);
    return sum;
  }

  // Of one channel, the others being there.
  double per_channel(std::size_t g) const {
    double sum = 0;
    for (const auto* nodes : {&groups_[g].makers, &groups_[g].depthwise, &groups_[g].readers}) {
      for (const NodeId n : *nodes) sum += static_cast<double>(macs_[n.index]);
    }
    return sum / static_cast<double>(groups_[g].channels);
  }

  std::int64_t of(NodeId n) const { return macs_[n.index]; }

 private:
  const std::vector<ChannelGroup>& groups_;
  std::vector<std::int64_t> macs_;
};

// How many channels of a group are left when one goes as long as it costs no more than `price` for what it saves.
std::int64_t width_at(const Removal& removal, double macs, double price) {
  const std::int64_t channels = std::ssize(removal.order) + removal.least;
  std::int64_t gone = 0;
  double dearest = 0;
  for (std::size_t i = 0; i < removal.order.size(); ++i) {
    dearest = std::max(dearest, removal.cost[i] / macs);
    if (dearest > price) break;
    gone = static_cast<std::int64_t>(i) + 1;
  }
  const std::int64_t left = channels - gone;
  return std::min(channels, (left + kWidthStep - 1) / kWidthStep * kWidthStep);
}

std::vector<std::int64_t> widths_at(const std::vector<Removal>& removals, const Macs& macs, double price) {
  std::vector<std::int64_t> widths;
  for (std::size_t g = 0; g < removals.size(); ++g) {
    widths.push_back(width_at(removals[g], macs.per_channel(g), price));
  }
  return widths;
}

std::vector<std::int64_t> kept_channels(const Removal& removal, std::int64_t channels, std::int64_t width) {
  std::vector<bool> gone(static_cast<std::size_t>(channels));
  for (std::int64_t i = 0; i < channels - width; ++i)
    gone[static_cast<std::size_t>(removal.order[static_cast<std::size_t>(i)])] = true;
  std::vector<std::int64_t> kept;
  for (std::int64_t c = 0; c < channels; ++c) {
    if (!gone[static_cast<std::size_t>(c)]) kept.push_back(c);
  }
  return kept;
}

std::unexpected<Error> too_little(const Macs& macs, double left, int percent) {
  const double all = static_cast<double>(macs.all());
  return fail(ErrorCode::kUnsupported, "channels",
              "only " + std::to_string(static_cast<int>(100 * (all - left) / all)) +
                  " percent of the arithmetic can go with "
                  "whole channels, not " +
                  std::to_string(percent),
              "ask for less");
}

// The least price at which enough goes.
Result<std::vector<std::int64_t>> choose_widths(const std::vector<Removal>& removals, const Macs& macs, int percent) {
  const double wanted = static_cast<double>(macs.all()) * (100 - percent) / 100;
  double high = 0;
  for (std::size_t g = 0; g < removals.size(); ++g) {
    for (const double cost : removals[g].cost) high = std::max(high, cost / macs.per_channel(g));
  }
  std::vector<std::int64_t> widths = widths_at(removals, macs, high);
  if (macs.left(widths) > wanted) return too_little(macs, macs.left(widths), percent);
  double low = 0;
  for (int i = 0; i < kHalvings; ++i) {
    const double middle = (low + high) / 2;
    (macs.left(widths_at(removals, macs, middle)) > wanted ? low : high) = middle;
  }
  return widths_at(removals, macs, high);
}

}  // namespace

Result<PrunedChannels> prune_channels(const Graph& graph, const CalibrationSet& examples,
                                      const ChannelSettings& settings, const QuantiseProgress& progress) {
  if (examples.size() == 0) {
    return fail(ErrorCode::kBadData, "channels", "no examples to tell channels apart by", "give photos");
  }
  const std::vector<ChannelGroup> groups = channel_groups(graph);
  if (groups.empty()) {
    return fail(ErrorCode::kUnsupported, "channels", "no channel of this net can go without changing others",
                "prune weights instead (sparseNN)");
  }
  const Macs macs(graph, groups);
  PAW_ASSIGN_OR_RETURN(const std::vector<Removal> removals,
                       plan_removals(graph, groups, examples, settings.threads, progress));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> widths, choose_widths(removals, macs, settings.percent));
  std::vector<std::vector<std::int64_t>> kept;
  for (std::size_t g = 0; g < groups.size(); ++g) {
    kept.push_back(kept_channels(removals[g], groups[g].channels, widths[g]));
  }
  PrunedChannels out{.graph = {}, .macs_before = macs.all(), .groups = std::ssize(groups)};
  PAW_ASSIGN_OR_RETURN(out.graph, without_channels(graph, groups, kept));
  PAW_RETURN_IF_ERROR(refit_layers(out.graph, graph, groups, kept, examples, settings.threads, progress));
  out.macs_after = totals(out.graph).macs;
  return out;
}

}  // namespace paw
