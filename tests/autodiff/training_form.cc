#include "autodiff/training_form.h"

#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "reference/interpreter.h"

namespace paw {

namespace {

class Conversion {
 public:
  Conversion(const Graph& net, DType dtype) : net_(net), dtype_(dtype), builder_(net.name), moved_(net.values.size()) {}

  Result<TrainingForm> run() {
    const ValueId image = net_.inputs[0];
    const ValueId probabilities = net_.outputs[0];
    moved_[image.index] = builder_.input("image", {dtype_, net_.type(image).shape});
    const ValueId target = builder_.input("target", {dtype_, net_.type(probabilities).shape});
    ValueId logits;
    for (const Node& node : net_.nodes) {
      builder_.set_scope(node.source);
      if (node.op == &op::softmax && node.outputs[0] == probabilities) {
        logits = moved(node.inputs[0]);
      } else {
        convert(node);
      }
    }
    builder_.set_scope("loss");
    const ValueId losses = builder_.call(op::cross_entropy, {logits, target});
    form_.loss = builder_.call(op::reduce_mean, {losses}, ReduceAttrs{});
    builder_.output(form_.loss);
    PAW_ASSIGN_OR_RETURN(form_.graph, builder_.finish());
    return std::move(form_);
  }

 private:
  void convert(const Node& node) {
    std::vector<ValueId> inputs;
    const bool batch_norm = node.op == &op::batch_norm;
    const std::size_t read = batch_norm ? 3 : node.inputs.size();  // not the running statistics
    for (std::size_t i = 0; i < read; ++i) inputs.push_back(moved(node.inputs[i]));
    if (node.op == &op::dropout) {
      const std::int64_t seed[] = {1, 2};
      inputs.resize(1);
      inputs.push_back(builder_.constant(Tensor::of<std::int64_t>({DType::kI64, {2}}, seed)));
    }
    const OpDef& op = batch_norm ? op::batch_norm_training : *node.op;
    moved_[node.outputs[0].index] = builder_.call(op, inputs, node.attrs);
  }

  // The value in the new graph; a weight becomes a parameter when it is first read.
  ValueId moved(ValueId old) {
    if (!old.valid()) return {};
    ValueId& id = moved_[old.index];
    if (id.valid()) return id;
    id = builder_.input(net_[old].name, {dtype_, net_.type(old).shape});
    form_.parameters.push_back(id);
    form_.weights.push_back(to_ref(net_.tensor(old)));
    return id;
  }

  const Graph& net_;
  DType dtype_;
  GraphBuilder builder_;
  std::vector<ValueId> moved_;
  TrainingForm form_;
};

}  // namespace

Result<TrainingForm> training_form(const Model& model, DType dtype) { return Conversion(model.graph, dtype).run(); }

}  // namespace paw
