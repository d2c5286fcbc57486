#include "optimize/quantize/equalise.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "ops/conv2d.h"
#include "ops/ops.h"
#include "optimize/quantize/channel_sites.h"

namespace paw {

namespace {

constexpr double kMostScale = 64;
constexpr std::array kExponents{0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0};

using ByChannel = std::vector<double>;

struct LayerConstants {
  LayerMatrix matrix;
  std::size_t channels = 0;  // of the input
  std::vector<double> weights;

  std::size_t channel(std::size_t o, std::size_t k) const {
    return matrix.depthwise ? o / (matrix.rows / channels) : k % channels;
  }
};

LayerConstants layer_constants(const Graph& graph, NodeId id) {
  const Node& node = graph[id];
  return {layer_matrix(graph, id), static_cast<std::size_t>(graph.type(node.inputs[0]).shape.back()),
          real_values(graph.tensor(node.inputs[1]))};
}

bool has_bias_constant(const Node& node) { return node.inputs.size() > 2 && node.inputs[2].valid(); }

bool pads(const Graph& graph, const Node& node) {
  if (node.op == &op::fully_connected) return false;
  const Shape& w = graph.type(node.inputs[1]).shape;
  const Padding padding =
      node.op == &op::conv2d ? node.attrs.as<Conv2dAttrs>().padding : node.attrs.as<DepthwiseConv2dAttrs>().padding;
  return padding == Padding::kExplicit || (padding == Padding::kSame && (w[1] > 1 || w[2] > 1));
}

void store_floats(Graph& graph, ValueId v, const std::vector<double>& values) {
  set_constant(graph, v, tensor_from_real({DType::kF32, graph.type(v).shape}, values));
}

class SiteEqualiser {
 public:
  SiteEqualiser(Graph& graph, const Uses& uses, const ChannelSite& site, const std::vector<Observation>& seen,
                const EqualiseSettings& settings)
      : graph_(graph), uses_(uses), site_(site), seen_(seen), settings_(settings) {}

  // Channels whose scale changed.
  std::int64_t run() {
    if (!std::ranges::all_of(site_.values, [&](ValueId v) { return observed(v); })) return 0;
    if (settings_.shifts && site_.linear) choose_shifts();
    for (const NodeId reader : site_.readers) readers_.push_back(layer_constants(graph_, reader));
    const ByChannel scales = settings_.scales ? best_scales() : ByChannel(count(), 1.0);
    apply(scales);
    return std::ranges::count_if(scales, [](double s) { return s != 1; });
  }

 private:
  std::size_t count() const { return static_cast<std::size_t>(site_.channels); }
  bool observed(ValueId v) const { return seen_[v.index].channels.size() == count() && seen_[v.index].count > 0; }
  double shift(ValueId v, std::size_t c) const {
    const auto at = shifts_.find(v.index);
    return at == shifts_.end() ? 0 : at->second[c];
  }
  double mean_square(ValueId v, std::size_t c) const {
    const ChannelSeen& s = seen_[v.index].channels[c];
    const auto n = static_cast<double>(seen_[v.index].count);
    const double t = shift(v, c);
    return s.squares / n - 2 * t * s.sum / n + t * t;
  }

  // What layers put out is centred; a sum is shifted by its terms' shifts.
  void choose_shifts() {
    const auto takes = [&](NodeId id) { return has_bias_constant(graph_[id]); };
    if (!std::ranges::all_of(site_.makers, takes) || !std::ranges::all_of(site_.readers, takes)) return;
    if (std::ranges::any_of(site_.readers, [&](NodeId id) { return pads(graph_, graph_[id]); })) return;
    for (const ValueId v : site_.values) {
      ByChannel t(count());
      const Node& maker = graph_[uses_.producer(v)];
      for (std::size_t c = 0; c < t.size(); ++c) {
        t[c] = maker.op == &op::add ? shift(maker.inputs[0], c) + shift(maker.inputs[1], c)
                                    : seen_[v.index].channels[c].sum / static_cast<double>(seen_[v.index].count);
      }
      shifts_[v.index] = std::move(t);
    }
  }

  // Seen by a clamp alone: what lies beyond its bounds does not matter.
  bool clamped(ValueId v) const {
    if (!uses_.single_use(v)) return false;
    const OpDef* op = graph_[uses_.users(v)[0]].op;
    return op == &op::relu || op == &op::relu6 || op == &op::clamp;
  }

  // Farthest number of each channel, and whether there are negative ones.
  ByChannel farthest(bool& negative) const {
    ByChannel most(count());
    for (const ValueId v : site_.values) {
      if (clamped(v)) continue;
      for (std::size_t c = 0; c < most.size(); ++c) {
        const ValueRange r = seen_[v.index].channels[c].range;
        const double low = static_cast<double>(r.min) - shift(v, c), high = static_cast<double>(r.max) - shift(v, c);
        most[c] = std::max({most[c], -low, high});
        negative = negative || low < 0;
      }
    }
    return most;
  }

  ByChannel scales_for(double exponent, const ByChannel& most) const {
    const double all = std::ranges::max(most);
    ByChannel out(most.size(), 1.0);
    for (std::size_t c = 0; c < most.size(); ++c) {
      if (most[c] <= 0) continue;
      const double whole = (site_.bound > 0 ? site_.bound : all) / most[c];
      out[c] = std::pow(std::clamp(whole, 1.0, kMostScale), exponent);
    }
    return out;
  }

  // Expected squared error of what the readers put out: from rounding what they read, and their weights.
  double noise(const ByChannel& scales, const ByChannel& most, bool negative) const {
    double widest = 0;
    for (std::size_t c = 0; c < most.size(); ++c) widest = std::max(widest, most[c] * scales[c]);
    const double step = settings_.steps > 0 ? widest * (negative ? 2 : 1) / settings_.steps : 0;
    double sum = 0;
    for (std::size_t r = 0; r < readers_.size(); ++r) {
      const LayerConstants& l = readers_[r];
      const ValueId x = graph_[site_.readers[r]].inputs[0];
      ByChannel power(count());
      for (std::size_t c = 0; c < power.size(); ++c) power[c] = mean_square(x, c) * scales[c] * scales[c];
      for (std::size_t o = 0; o < l.matrix.rows; ++o) {
        double most_weight = 0, squares = 0, of_inputs = 0;
        for (std::size_t k = 0; k < l.matrix.columns; ++k) {
          const std::size_t c = l.channel(o, k);
          const double w = l.weights[l.matrix.at(o, k)] / scales[c];
          most_weight = std::max(most_weight, std::abs(w));
          squares += w * w;
          of_inputs += power[c];
        }
        const double weight_step = most_weight / settings_.highest_weight;
        sum += squares * step * step / 12 + of_inputs * weight_step * weight_step / 12;
      }
    }
    return sum;
  }

  ByChannel best_scales() const {
    bool negative = false;
    const ByChannel most = farthest(negative);
    ByChannel best(count(), 1.0);
    double least = noise(best, most, negative);
    for (const double exponent : kExponents) {
      ByChannel tried = scales_for(exponent, most);
      const double n = noise(tried, most, negative);
      if (n < least) least = n, best = std::move(tried);
    }
    return best;
  }

  void apply(const ByChannel& scales) {
    for (std::size_t r = 0; r < readers_.size(); ++r) {
      const Node& node = graph_[site_.readers[r]];
      LayerConstants& l = readers_[r];
      std::vector<double> bias;
      if (has_bias_constant(node)) bias = real_values(graph_.tensor(node.inputs[2]));
      for (std::size_t o = 0; o < l.matrix.rows; ++o) {
        for (std::size_t k = 0; k < l.matrix.columns; ++k) {
          const std::size_t c = l.channel(o, k);
          double& w = l.weights[l.matrix.at(o, k)];
          if (!bias.empty()) bias[o] += w * shift(node.inputs[0], c);
          w /= scales[c];
        }
      }
      store_floats(graph_, node.inputs[1], l.weights);
      if (!bias.empty()) store_floats(graph_, node.inputs[2], bias);
    }
    for (const NodeId id : site_.makers) {
      const Node& node = graph_[id];
      LayerConstants l = layer_constants(graph_, id);
      for (std::size_t o = 0; o < l.matrix.rows; ++o) {
        for (std::size_t k = 0; k < l.matrix.columns; ++k) l.weights[l.matrix.at(o, k)] *= scales[o];
      }
      store_floats(graph_, node.inputs[1], l.weights);
      if (!has_bias_constant(node)) continue;
      std::vector<double> bias = real_values(graph_.tensor(node.inputs[2]));
      for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = (bias[o] - shift(node.outputs[0], o)) * scales[o];
      store_floats(graph_, node.inputs[2], bias);
    }
  }

  Graph& graph_;
  const Uses& uses_;
  const ChannelSite& site_;
  const std::vector<Observation>& seen_;
  const EqualiseSettings& settings_;
  std::vector<LayerConstants> readers_;
  std::map<std::uint32_t, ByChannel> shifts_;  // by value id
};

}  // namespace

Result<std::int64_t> equalise(Graph& graph, const std::vector<Observation>& seen, const EqualiseSettings& settings) {
  if (seen.size() != graph.values.size()) {
    return fail(ErrorCode::kInternal, "equalise", "observations of another graph");
  }
  const Uses uses(graph);
  std::int64_t changed = 0;
  // A layer between two sites is scaled by both, one after the other: what was seen of a value holds before the scales
  // of its own site only.
  for (const ChannelSite& site : channel_sites(graph)) {
    changed += SiteEqualiser(graph, uses, site, seen, settings).run();
  }
  return changed;
}

}  // namespace paw
