#include "optimize/prune/channel_groups.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "optimize/quantize/channel_sites.h"

namespace paw {

namespace {

// Sites that a depthwise layer joins.
class SiteJoiner {
 public:
  SiteJoiner(const Graph& graph, const std::vector<ChannelSite>& sites)
      : graph_(graph), sites_(sites), root_(sites.size()) {
    std::iota(root_.begin(), root_.end(), std::size_t{0});
  }

  std::vector<ChannelGroup> run() {
    std::map<std::uint32_t, std::size_t> read_by;  // site that a depthwise layer reads
    for (std::size_t s = 0; s < sites_.size(); ++s) {
      for (const NodeId n : sites_[s].readers) {
        if (is_depthwise(n)) read_by[n.index] = s;
      }
    }
    std::vector<bool> open(sites_.size());  // a depthwise layer whose other side belongs to no site
    for (std::size_t s = 0; s < sites_.size(); ++s) {
      for (const NodeId n : sites_[s].makers) {
        if (!is_depthwise(n)) continue;
        const auto other = read_by.find(n.index);
        if (other == read_by.end()) {
          open[s] = true;
        } else {
          root_[find(other->second)] = find(s);
          read_by.erase(other);
        }
      }
    }
    for (const auto& [node, site] : read_by) open[site] = true;
    return groups(open);
  }

 private:
  std::size_t find(std::size_t i) const {
    while (root_[i] != i) i = root_[i];
    return i;
  }
  bool is_depthwise(NodeId n) const { return graph_[n].op == &op::depthwise_conv2d; }

  std::vector<ChannelGroup> groups(const std::vector<bool>& open) const {
    std::map<std::size_t, ChannelGroup> by_root;
    std::map<std::size_t, bool> bad;
    for (std::size_t s = 0; s < sites_.size(); ++s) {
      ChannelGroup& group = by_root[find(s)];
      if (group.values.empty()) group.channels = sites_[s].channels;
      if (open[s] || group.channels != sites_[s].channels) bad[find(s)] = true;
      for (const NodeId n : sites_[s].makers) (is_depthwise(n) ? group.depthwise : group.makers).push_back(n);
      for (const NodeId n : sites_[s].readers) {
        if (!is_depthwise(n)) group.readers.push_back(n);
      }
      group.values.insert(group.values.end(), sites_[s].values.begin(), sites_[s].values.end());
    }
    std::vector<ChannelGroup> out;
    for (auto& [root, group] : by_root) {
      if (!bad[root] && !group.makers.empty() && !group.readers.empty()) out.push_back(std::move(group));
    }
    std::ranges::sort(out, {}, [](const ChannelGroup& g) { return g.makers[0].index; });
    return out;
  }

  const Graph& graph_;
  const std::vector<ChannelSite>& sites_;
  std::vector<std::size_t> root_;
};

// The elements of a float constant whose indices along `axis` are kept.
Tensor kept_of(const Tensor& from, int axis, const std::vector<std::int64_t>& kept) {
  const Shape& shape = from.type.shape;
  std::int64_t inner = 1, outer = 1;
  for (int d = axis + 1; d < shape.rank(); ++d) inner *= shape[d];
  for (int d = 0; d < axis; ++d) outer *= shape[d];
  const auto values = from.as<float>();
  std::vector<float> out;
  for (std::int64_t o = 0; o < outer; ++o) {
    for (const std::int64_t k : kept) {
      const auto at = values.begin() + (o * shape[axis] + k) * inner;
      out.insert(out.end(), at, at + inner);
    }
  }
  Shape smaller = shape;
  smaller[axis] = std::ssize(kept);
  return Tensor::f32(smaller, out);
}

class Slicer {
 public:
  Slicer(const Graph& graph, const std::vector<ChannelGroup>& groups,
         const std::vector<std::vector<std::int64_t>>& kept)
      : graph_(graph), builder_(graph.name), ids_(graph.values.size()), kept_of_value_(graph.values.size()) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      for (const ValueId v : groups[g].values) kept_of_value_[v.index] = &kept[g];
    }
  }

  Result<Graph> run() {
    for (const ValueId v : graph_.inputs) ids_[v.index] = builder_.input(graph_[v].name, graph_.type(v));
    for (const Node& node : graph_.nodes) add(node);
    for (const ValueId v : graph_.outputs) builder_.output(ids_[v.index]);
    return builder_.finish();
  }

 private:
  const std::vector<std::int64_t>* kept(ValueId v) const { return kept_of_value_[v.index]; }

  // The constant of input `i` of a layer, sliced by what the layer reads and puts out.
  Tensor operand(const Node& node, std::size_t i) const {
    Tensor t = graph_.tensor(node.inputs[i]);
    const bool depthwise = node.op == &op::depthwise_conv2d;
    const bool layer = depthwise || node.op == &op::conv2d || node.op == &op::fully_connected;
    if (!layer || i == 0) return t;
    if (const auto* out = kept(node.outputs[0])) t = kept_of(t, depthwise && i == 1 ? 3 : 0, *out);
    if (const auto* in = kept(node.inputs[0]); in && i == 1 && !depthwise) t = kept_of(t, t.type.shape.rank() - 1, *in);
    return t;
  }

  ValueId input(const Node& node, std::size_t i) {
    const ValueId v = node.inputs[i];
    if (!v.valid()) return {};
    if (!graph_.is_constant(v)) return ids_[v.index];
    Tensor t = operand(node, i);
    if (t.type != graph_.type(v)) return builder_.constant(std::move(t), graph_[v].name);  // belongs to this node alone
    ValueId& id = ids_[v.index];
    if (!id.valid()) id = builder_.constant(std::move(t), graph_[v].name);
    return id;
  }

  void add(const Node& node) {
    std::vector<ValueId> inputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(input(node, i));
    Attrs attrs = node.attrs;
    const auto* out = kept(node.outputs[0]);
    if (node.op == &op::reshape && out != nullptr) {
      ShapeAttrs narrower = node.attrs.as<ShapeAttrs>();
      if (narrower.shape.back() > 0) narrower.shape.back() = std::ssize(*out);
      attrs = narrower;
    }
    const auto results =
        builder_.call_all(*node.op, inputs, std::move(attrs), {graph_[node.outputs[0]].name, node.source, {}});
    for (std::size_t i = 0; i < results.size(); ++i) ids_[node.outputs[i].index] = results[i];
  }

  const Graph& graph_;
  GraphBuilder builder_;
  std::vector<ValueId> ids_;
  std::vector<const std::vector<std::int64_t>*> kept_of_value_;
};

}  // namespace

std::vector<ChannelGroup> channel_groups(const Graph& graph) {
  const std::vector<ChannelSite> sites = channel_sites(graph);
  return SiteJoiner(graph, sites).run();
}

Result<Graph> without_channels(const Graph& graph, const std::vector<ChannelGroup>& groups,
                               const std::vector<std::vector<std::int64_t>>& kept) {
  return Slicer(graph, groups, kept).run();
}

}  // namespace paw
