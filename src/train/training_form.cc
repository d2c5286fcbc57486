#include "train/training_form.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "ops/training.h"

namespace paw {

namespace {

class Conversion {
 public:
  Conversion(const Graph& net, const TrainingFormOptions& options)
      : net_(net), options_(options), builder_(net.name), moved_(net.values.size()) {}

  Result<TrainingForm> run() {
    const ValueId image = net_.inputs[0];
    const ValueId probabilities = net_.outputs[0];
    moved_[image.index] = builder_.input("image", {options_.dtype, net_.type(image).shape});
    const ValueId target = builder_.input("target", {options_.dtype, net_.type(probabilities).shape});
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
    const ValueId losses =
        builder_.call(op::cross_entropy, {form_.logits, target}, CrossEntropyAttrs{options_.label_smoothing});
    form_.loss = builder_.call(op::reduce_mean, {losses}, ReduceAttrs{});
    builder_.output(form_.loss);
    PAW_ASSIGN_OR_RETURN(form_.graph, builder_.finish());
    return std::move(form_);
  }

 private:
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
    const TensorType type{options_.dtype, net_.type(old).shape};
    return builder_.constant(tensor_from_real(type, real_values(net_.tensor(old))), net_[old].name);
  }

  // The value in the new graph; a weight becomes a parameter when it is first read.
  ValueId moved(ValueId old) {
    if (!old.valid()) return {};
    ValueId& id = moved_[old.index];
    if (id.valid()) return id;
    id = builder_.input(net_[old].name, {options_.dtype, net_.type(old).shape});
    form_.parameters.push_back(id);
    form_.sources.push_back(old);
    form_.weights.push_back(net_.tensor(old));
    return id;
  }

  const Graph& net_;
  TrainingFormOptions options_;
  GraphBuilder builder_;
  std::vector<ValueId> moved_;
  TrainingForm form_;
};

}  // namespace

Result<TrainingForm> training_form(const Model& model, const TrainingFormOptions& options) {
  return Conversion(model.graph, options).run();
}

}  // namespace paw
