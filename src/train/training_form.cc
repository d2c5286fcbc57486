#include "train/training_form.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "ops/training.h"

namespace paw {

namespace {

bool is_rounding(const Node& node) { return node.op == &op::mul || node.op == &op::clamp || node.op == &op::round; }

// Nodes of a simulation of stored weights (optimize/simulate.h).
bool stores_weights(const Node& node) { return is_rounding(node) || node.op == &op::reshape || node.op == &op::gather; }

class Conversion {
 public:
  Conversion(const Graph& net, const TrainingFormOptions& options)
      : net_(net),
        uses_(net),
        options_(options),
        builder_(net.name),
        moved_(net.values.size()),
        trained_(net.values.size()) {
    for (const Node& node : net.nodes) mark_trained(node);
  }

  Result<TrainingForm> run() {
    const ValueId image = net_.inputs[0];
    const ValueId probabilities = net_.outputs[0];
    moved_[image.index] = builder_.input("image", {options_.dtype, net_.type(image).shape});
    const ValueId target = builder_.input("target", {options_.dtype, net_.type(probabilities).shape});
    if (options_.hint_weight > 0) {
      features_ = features_of(net_);
      if (!features_.valid()) return fail(ErrorCode::kUnsupported, net_.name, "has no features to give hints for");
      form_.hint = builder_.input("hint", {options_.dtype, net_.type(features_).shape});
    }
    const bool drops = std::ranges::any_of(net_.nodes, [](const Node& node) { return node.op == &op::dropout; });
    if (drops) form_.seed = builder_.input("seed", {DType::kI64, {2}});
    for (const Node& node : net_.nodes) {
      builder_.set_scope(node.source);
      if (node.op == &op::softmax && node.outputs[0] == probabilities) {
        form_.logits = moved(node.inputs[0]);
      } else {
        convert(node);
      }
    }
    builder_.set_scope("loss");
    add_loss(target);
    builder_.output(form_.loss);
    PAW_ASSIGN_OR_RETURN(form_.graph, builder_.finish());
    return std::move(form_);
  }

 private:
  // Weights and biases of layers, scales and offsets of batch norms.
  void mark_trained(const Node& node) {
    const bool layer = node.op == &op::conv2d || node.op == &op::depthwise_conv2d || node.op == &op::fully_connected;
    if (!layer && node.op != &op::batch_norm) return;
    for (std::size_t i = 1; i < std::min<std::size_t>(node.inputs.size(), 3); ++i) {
      const ValueId weights = behind_storing(node.inputs[i]);
      if (weights.valid() && net_.is_constant(weights)) trained_[weights.index] = true;
    }
  }

  // Nodes may make of weights what will be stored before a layer reads them: s * round(clamp(w / s)), w * mask,
  // table[indices].
  ValueId behind_storing(ValueId v) const {
    while (v.valid() && uses_.producer(v).valid()) {
      const Node& node = net_[uses_.producer(v)];
      if (!stores_weights(node)) return {};
      v = node.inputs[0];
    }
    return v;
  }

  // With a temperature T: T^2 times the cross-entropy of logits / T (Hinton et al. 2015, section 2), whose gradients
  // are as large as those of T = 1.
  void add_loss(ValueId target) {
    const double t = options_.temperature;
    ValueId logits = form_.logits;
    if (t != 1) logits = builder_.call(op::mul, {logits, builder_.constant(scalar(1 / t))});
    const ValueId losses =
        builder_.call(op::cross_entropy, {logits, target}, CrossEntropyAttrs{options_.label_smoothing});
    form_.loss = builder_.call(op::reduce_mean, {losses}, ReduceAttrs{});
    if (t != 1) form_.loss = builder_.call(op::mul, {form_.loss, builder_.constant(scalar(t * t))});
    if (form_.hint.valid()) form_.loss = builder_.call(op::add, {form_.loss, hint_loss()});
  }

  ValueId hint_loss() {
    constexpr double kLeast = 1e-6;  // features may all be 0
    const auto squares = [&](ValueId x) {
      return builder_.call(op::reduce_sum, {builder_.call(op::square, {x})}, ReduceAttrs{{1}});
    };
    const ValueId missing = squares(builder_.call(op::sub, {moved(features_), form_.hint}));
    const ValueId all = builder_.call(op::add, {squares(form_.hint), builder_.constant(scalar(kLeast))});
    const ValueId share = builder_.call(op::reduce_mean, {builder_.call(op::div, {missing, all})}, ReduceAttrs{});
    return builder_.call(op::mul, {share, builder_.constant(scalar(options_.hint_weight))});
  }

  Tensor scalar(double value) const { return tensor_from_real({options_.dtype, Shape{}}, std::span(&value, 1)); }

  void convert(const Node& node) {
    if (node.op == &op::batch_norm) return convert_batch_norm(node);
    std::vector<ValueId> inputs;
    for (const ValueId input : node.inputs) inputs.push_back(moved(input));
    if (node.op == &op::dropout) {
      inputs.resize(1);
      inputs.push_back(form_.seed);
    }
    moved_[node.outputs[0].index] = builder_.call(*node.op, inputs, node.attrs);
  }

  void convert_batch_norm(const Node& node) {
    const ValueId x = moved(node.inputs[0]), scale = moved(node.inputs[1]), offset = moved(node.inputs[2]);
    if (options_.freeze_statistics) {
      const ValueId mean = fixed(node.inputs[3]), variance = fixed(node.inputs[4]);
      moved_[node.outputs[0].index] = builder_.call(op::batch_norm, {x, scale, offset, mean, variance}, node.attrs);
      return;
    }
    const ValueId inputs[] = {x, scale, offset};
    const std::vector<ValueId> results = builder_.call_all(op::batch_norm_training, inputs, node.attrs);
    moved_[node.outputs[0].index] = results[0];
    form_.statistics.push_back({results[1], results[2], net_.tensor(node.inputs[3]), net_.tensor(node.inputs[4]),
                                node.inputs[3], node.inputs[4]});
  }

  // A constant of the net that stays one.
  ValueId fixed(ValueId old) {
    Tensor tensor = net_.tensor(old);
    if (is_float(tensor.type.dtype)) {
      tensor = tensor_from_real({options_.dtype, tensor.type.shape}, real_values(tensor));
    }
    return builder_.constant(std::move(tensor), net_[old].name);
  }

  // The value in the new graph; a weight becomes a parameter when it is first read.
  ValueId moved(ValueId old) {
    if (!old.valid()) return {};
    ValueId& id = moved_[old.index];
    if (id.valid()) return id;
    if (!trained_[old.index]) return id = fixed(old);
    id = builder_.input(net_[old].name, {options_.dtype, net_.type(old).shape});
    form_.parameters.push_back(id);
    form_.sources.push_back(old);
    form_.weights.push_back(net_.tensor(old));
    return id;
  }

  const Graph& net_;
  Uses uses_;
  TrainingFormOptions options_;
  GraphBuilder builder_;
  std::vector<ValueId> moved_;
  std::vector<bool> trained_;  // by value of the net
  ValueId features_;           // of the net; invalid: no hint
  TrainingForm form_;
};

}  // namespace

ValueId features_of(const Graph& graph) {
  const Uses uses(graph);
  ValueId value = graph.outputs.empty() ? ValueId{} : graph.outputs[0];
  for (NodeId maker = uses.producer(value); maker.valid(); maker = uses.producer(value)) {
    const Node& node = graph[maker];
    value = node.inputs[0];
    if (node.op == &op::fully_connected) break;
    const bool passes = node.op == &op::softmax || node.op == &op::reshape || node.op == &op::squeeze;
    if (!passes && !is_rounding(node)) return {};
  }
  const bool found = value.valid() && uses.producer(value).valid() && graph.type(value).shape.rank() == 2;
  return found ? value : ValueId{};
}

Result<TrainingForm> training_form(const Model& model, const TrainingFormOptions& options) {
  return Conversion(model.graph, options).run();
}

}  // namespace paw
