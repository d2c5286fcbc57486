#include "formats/coreml/program/precision.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "ops/ops.h"
#include "ops/pool.h"

namespace paw::coreml {

namespace {

constexpr double kMostHalf = 65504;           // largest finite float16
constexpr double kLeastHalf = 1.0 / 16384;    // smallest normal one; below it numbers lose digits
constexpr double kVanishes = 1.0 / 33554432;  // what rounds to 0
// Weights of fewer elements stay as they are: an op more costs more than it saves.
constexpr std::int64_t kManyWeights = 32768;

std::string number(double value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::general, 4).ptr};
}

// The largest finite number; 0: there is none, or all are 0. Of integers, whose scales are stored in float16 too, the
// largest scale when that is too small: smaller ones beside it can be made larger (constants.cc).
double largest_magnitude(const Tensor& tensor) {
  const std::vector<double> values = real_values(tensor);
  double most = 0, scale = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i] == 0 || !std::isfinite(values[i])) continue;
    most = std::max(most, std::abs(values[i]));
    const auto& quant = tensor.type.quant;
    if (quant) scale = std::max(scale, double{quant->scale[quant_index(tensor.type, static_cast<std::int64_t>(i))]});
  }
  return scale > 0 ? std::min(most, scale < kLeastHalf ? scale : most) : most;
}

// Real attributes: the first that float16 cannot hold.
class AttributeRange final : public FieldVisitor {
 public:
  std::string problem;
  void on_bool(std::string_view, bool&) override {}
  void on_int(std::string_view, std::int64_t&) override {}
  void on_real(std::string_view name, double& value) override {
    if (!std::isfinite(value) || !problem.empty()) return;
    const bool vanishes = value != 0 && std::abs(value) < kVanishes;
    if (std::abs(value) > kMostHalf || vanishes) problem = std::string(name) + " is " + number(value);
  }
  void on_dtype(std::string_view, DType&) override {}
  void on_enum(std::string_view, std::span<const std::string_view>, int&) override {}
  void on_ints(std::string_view, std::span<std::int64_t>) override {}
  void on_int_list(std::string_view, std::vector<std::int64_t>&) override {}
};

class Guard {
 public:
  explicit Guard(const Model& model) : graph_(model.graph), uses_(model.graph), constant_(graph_.values.size(), -1) {
    for (const ValueStats& stats : model.calibration) {
      ranges_[stats.value] = std::max(std::abs(double{stats.min}), std::abs(double{stats.max}));
    }
  }

  // Empty: float16 holds all of it.
  std::string problem(const Node& node) {
    for (const ValueId input : node.inputs) {
      if (!input.valid()) continue;
      if (std::string p = of_value(input); !p.empty()) return p;
    }
    for (const ValueId output : node.outputs) {
      if (std::string p = of_value(output); !p.empty()) return p;
    }
    if (std::string p = of_sum(node); !p.empty()) return p;
    AttributeRange attributes;
    node.attrs.inspect(attributes);
    return attributes.problem;
  }

  // The node has many weights that are floats, and float16 holds them. A palette takes the same either way.
  bool has_half_weights(const Node& node) {
    const bool dense = node.op == &op::fully_connected || node.op == &op::conv2d;
    const ValueId id = dense ? stored_weights(node.inputs[1]) : ValueId{};
    if (!id.valid() || !is_float(graph_.type(id).dtype)) return false;
    if (const auto& e = graph_[id].encoding; e && e->kind == Encoding::Kind::kPalette) return false;
    return graph_.type(id).shape.elements() >= kManyWeights && of_constant(id).empty();
  }

 private:
  // A constant, or the one that a cast is made of; invalid: neither.
  ValueId stored_weights(ValueId id) const {
    if (graph_.is_constant(id)) return id;
    const NodeId maker = uses_.producer(id);
    if (!maker.valid() || graph_[maker].op != &op::cast) return {};
    return graph_.is_constant(graph_[maker].inputs[0]) ? graph_[maker].inputs[0] : ValueId{};
  }

  std::string of_value(ValueId id) {
    if (graph_.is_constant(id)) return of_constant(id);
    const NodeId maker = uses_.producer(id);
    // Behind dequantize and cast of a constant, the weights.
    if (maker.valid() && !graph_[maker].inputs.empty() && graph_.is_constant(graph_[maker].inputs[0])) {
      const OpDef* op = graph_[maker].op;
      if (op == &op::dequantize || op == &op::cast) return of_constant(graph_[maker].inputs[0]);
    }
    if (const auto& quant = graph_.type(id).quant; quant != nullptr) {
      const double least = std::ranges::min(quant->scale);
      return least < kLeastHalf ? graph_.label(id) + " has a scale of " + number(least) : std::string();
    }
    const double most = range(id);
    return most > kMostHalf ? graph_.label(id) + " reaches " + number(most) : std::string();
  }

  std::string of_constant(ValueId id) {
    if (!graph_.type(id).is_real()) return {};
    double& most = constant_[id.index];
    if (most < 0) most = largest_magnitude(graph_.tensor(id));
    if (most > kMostHalf) return "its constant reaches " + number(most);
    if (most > 0 && most < kLeastHalf) return "its constant reaches only " + number(most);
    return {};
  }

  // Sums over pixels, which some devices keep in float16.
  std::string of_sum(const Node& node) const {
    if (node.op != &op::reduce_mean && node.op != &op::reduce_sum && node.op != &op::avg_pool) return {};
    const double terms =
        node.op == &op::avg_pool
            ? static_cast<double>(node.attrs.as<PoolAttrs>().kernel[0] * node.attrs.as<PoolAttrs>().kernel[1])
            : static_cast<double>(graph_.type(node.inputs[0]).shape.elements()) /
                  static_cast<double>(graph_.type(node.outputs[0]).shape.elements());
    const double sum = range(node.inputs[0]) * terms;
    return sum > kMostHalf ? "its sums may reach " + number(sum) : std::string();
  }

  double range(ValueId id) const {
    const auto found = ranges_.find(graph_[id].name);
    return found == ranges_.end() ? 0 : found->second;
  }

  const Graph& graph_;
  Uses uses_;
  std::map<std::string, double, std::less<>> ranges_;
  std::vector<double> constant_;  // largest magnitude; -1: not looked at yet
};

// One note for all ops that float16 cannot hold, the first of them by name.
void tell_kept(const Graph& graph, const std::vector<std::pair<NodeId, std::string>>& kept,
               std::vector<std::string>& notes) {
  constexpr std::size_t kNamed = 3;
  if (kept.empty()) return;
  std::string text;
  for (std::size_t i = 0; i < std::min(kept.size(), kNamed); ++i) {
    text += (i > 0 ? "; " : "") + graph.label(kept[i].first) + " is kept in float32: " + kept[i].second;
  }
  text += ", outside float16";
  if (kept.size() > kNamed) text += "; so are " + std::to_string(kept.size() - kNamed) + " more ops";
  notes.push_back(std::move(text));
}

}  // namespace

std::vector<bool> behind_pixels(const Graph& graph) {
  const auto has_pixels = [&](ValueId id) {
    const Shape& shape = graph.type(id).shape;
    return shape.rank() > 2 && shape.elements() != shape[0] * shape.back();
  };
  // Per value: an image is among what it was made of; pixels are among what is made of it.
  std::vector<bool> from_image(graph.values.size()), to_pixels(graph.values.size()), behind(graph.nodes.size());
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const ValueId id(i);
    from_image[i] = to_pixels[i] = !graph.is_constant(id) && has_pixels(id);
  }
  const auto any = [](const std::vector<bool>& flags, const std::vector<ValueId>& ids) {
    return std::ranges::any_of(ids, [&](ValueId id) { return id.valid() && flags[id.index]; });
  };
  for (const Node& node : graph.nodes) {
    if (!any(from_image, node.inputs)) continue;
    for (const ValueId output : node.outputs) from_image[output.index] = true;
  }
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (any(to_pixels, node.outputs)) {
      for (const ValueId input : node.inputs) {
        if (input.valid()) to_pixels[input.index] = true;
      }
    } else {
      behind[i] = any(from_image, node.inputs) && !any(to_pixels, node.inputs);
    }
  }
  return behind;
}

std::vector<NodePrecision> node_precisions(const Model& model, std::vector<std::string>& notes) {
  Guard guard(model);
  const std::vector<bool> last = behind_pixels(model.graph);
  std::vector<NodePrecision> precisions;
  std::vector<std::pair<NodeId, std::string>> outside;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < model.graph.nodes.size(); ++i) {
    if (last[i]) {
      precisions.push_back({.half_weights = guard.has_half_weights(model.graph.nodes[i])});
      ++kept;
      continue;
    }
    std::string problem = guard.problem(model.graph.nodes[i]);
    precisions.push_back({.half = problem.empty()});
    if (!problem.empty()) outside.emplace_back(NodeId(i), std::move(problem));
  }
  tell_kept(model.graph, outside, notes);
  if (kept > 0) {
    notes.push_back("behind the last op on pixels, " + std::to_string(kept) + (kept == 1 ? " op is" : " ops are") +
                    " kept in float32");
  }
  if (model.calibration.empty()) {
    notes.push_back("float16: only constants were checked; the model holds no ranges of activations");
  }
  return precisions;
}

}  // namespace paw::coreml
