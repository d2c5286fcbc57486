#include "optimize/quantize/channel_sites.h"

#include <algorithm>
#include <map>

#include "ops/activation.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw {

namespace {

bool keeps_last_axis(const Graph& graph, const Node& node) {
  const Shape &x = graph.type(node.inputs[0]).shape, &y = graph.type(node.outputs[0]).shape;
  return x.rank() > 0 && y.rank() > 0 && x.back() == y.back();
}

bool mean_over_pixels(const Graph& graph, const Node& node) {
  const int rank = graph.type(node.inputs[0]).shape.rank();
  const auto& axes = node.attrs.as<ReduceAttrs>().axes;
  return !axes.empty() && std::ranges::none_of(axes, [&](std::int64_t a) { return a == -1 || a == rank - 1; }) &&
         keeps_last_axis(graph, node);
}

// y(s x) = s y(x) for positive s per channel, the upper bound of clamps aside.
bool commutes(const Graph& graph, const Node& node) {
  const OpDef* op = node.op;
  if (op == &op::clamp) return node.attrs.as<ClampAttrs>().min == 0 && node.attrs.as<ClampAttrs>().max > 0;
  if (op == &op::add) {
    return graph.type(node.inputs[0]).shape == graph.type(node.inputs[1]).shape && !graph.is_constant(node.inputs[0]) &&
           !graph.is_constant(node.inputs[1]);
  }
  if (op == &op::reduce_mean || op == &op::reduce_sum) return mean_over_pixels(graph, node);
  if (op == &op::reshape || op == &op::squeeze || op == &op::expand_dims) return keeps_last_axis(graph, node);
  return op == &op::relu || op == &op::relu6 || op == &op::max_pool || op == &op::avg_pool;
}

double clamp_bound(const Node& node) {
  if (node.op == &op::relu6) return 6;
  if (node.op != &op::clamp) return 0;
  const double max = node.attrs.as<ClampAttrs>().max;
  return max < 1e30 ? max : 0;
}

class SiteFinder {
 public:
  explicit SiteFinder(const Graph& graph) : graph_(graph), uses_(graph), root_(graph.values.size()) {
    for (std::size_t i = 0; i < root_.size(); ++i) root_[i] = i;
  }

  std::vector<ChannelSite> run() {
    for (const Node& node : graph_.nodes) {
      if (!commutes(graph_, node)) continue;
      for (const ValueId x : node.inputs) root_[find(x.index)] = find(node.outputs[0].index);
    }
    std::map<std::size_t, ChannelSite> sites;
    std::map<std::size_t, bool> bad;
    for (const ValueId v : graph_.inputs) bad[find(v.index)] = true;
    for (const ValueId v : graph_.outputs) bad[find(v.index)] = true;
    for (std::size_t n = 0; n < graph_.nodes.size(); ++n) add(NodeId(n), sites, bad);
    std::vector<ChannelSite> out;
    for (auto& [root, site] : sites) {
      if (!bad[root] && !site.makers.empty() && !site.readers.empty()) out.push_back(std::move(site));
    }
    std::ranges::sort(out, {}, [](const ChannelSite& s) { return s.makers[0].index; });
    return out;
  }

 private:
  std::size_t find(std::size_t i) const {
    while (root_[i] != i) i = root_[i];
    return i;
  }

  void add(NodeId id, std::map<std::size_t, ChannelSite>& sites, std::map<std::size_t, bool>& bad) {
    const Node& node = graph_[id];
    const bool layer = scalable(node), passes = commutes(graph_, node);
    for (std::size_t i = 0; i < node.inputs.size() && !passes; ++i) {
      const ValueId x = node.inputs[i];
      if (!x.valid() || graph_.is_constant(x)) continue;
      layer&& i == 0 ? sites[find(x.index)].readers.push_back(id) : void(bad[find(x.index)] = true);
    }
    for (const ValueId y : node.outputs) {
      ChannelSite& site = sites[find(y.index)];
      const Shape& shape = graph_.type(y).shape;
      const std::int64_t channels = shape.rank() > 0 ? shape.back() : 0;
      if (site.values.empty()) site.channels = channels, site.linear = true;
      if (site.channels != channels || (!passes && !layer)) bad[find(y.index)] = true;
      site.values.push_back(y);
      if (layer) site.makers.push_back(id);
      if (!layer && node.op != &op::add) site.linear = false;
      if (const double bound = clamp_bound(node); bound > 0) {
        site.bound = site.bound > 0 ? std::min(site.bound, bound) : bound;
      }
    }
  }

  // A layer with weights of its own.
  bool scalable(const Node& node) const {
    if (!is_layer(graph_, uses_, node)) return false;
    for (std::size_t i = 1; i < node.inputs.size(); ++i) {
      if (!node.inputs[i].valid()) continue;
      const bool own = graph_.is_constant(node.inputs[i]) && uses_.single_use(node.inputs[i]);
      if (!own || graph_.type(node.inputs[i]).dtype != DType::kF32) return false;
    }
    return node.op != &op::conv2d || node.attrs.as<Conv2dAttrs>().groups == 1;
  }

  const Graph& graph_;
  Uses uses_;
  std::vector<std::size_t> root_;
};

}  // namespace

std::vector<ChannelSite> channel_sites(const Graph& graph) { return SiteFinder(graph).run(); }

}  // namespace paw
