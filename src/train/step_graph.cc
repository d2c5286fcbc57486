#include "train/step_graph.h"

#include <algorithm>

#include "ir/builder.h"
#include "ops/ops.h"
#include "train/autodiff.h"
#include "train/training_form.h"

namespace paw {

namespace {

Tensor zeros_like(const Tensor& t) { return Tensor::zeros(t.type); }

class Step {
 public:
  Step(TrainingForm form, std::vector<ValueId> grads, const StepOptions& options)
      : form_(std::move(form)), grads_(std::move(grads)), options_(options), builder_(prepared()) {}

  Result<StepGraph> run() {
    builder_.set_scope("update");
    lr_ = builder_.input("lr", {DType::kF32, {}});
    for (std::size_t i = 0; i < grads_.size(); ++i) update(i);
    for (std::size_t i = 0; i < velocities_.size(); ++i) {
      add_state(velocities_[i].before, velocities_[i].after, zeros_like(form_.weights[i]));
    }
    builder_.set_scope("statistics");
    for (const BatchStatistics& s : form_.statistics) {
      running(s.mean, s.running_mean);
      running(s.variance, s.running_variance);
    }
    PAW_ASSIGN_OR_RETURN(step_.graph, builder_.finish());
    step_.parameters = grads_.size();
    step_.target = 1;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      step_.states[i].input = position(states_[i].before);
      step_.states[i].output = i + 1;  // behind the loss
    }
    step_.lr = position(lr_);
    if (form_.seed.valid()) step_.seed = position(form_.seed);
    return std::move(step_);
  }

 private:
  struct Change {
    ValueId before, after;
  };

  Graph prepared() {
    form_.graph.outputs = {form_.loss};
    return std::move(form_.graph);
  }

  void add_state(ValueId before, ValueId after, Tensor initial) {
    builder_.output(after);
    states_.push_back({before, after});
    step_.states.push_back({.input = 0, .output = 0, .initial = std::move(initial)});
  }

  void update(std::size_t i) {
    const ValueId parameter = form_.parameters[i];
    const ValueId velocity = builder_.input("velocity" + std::to_string(i), builder_.type(parameter));
    const ValueId operands[] = {parameter, grads_[i], velocity, lr_};
    const std::vector<ValueId> updated = builder_.call_all(op::sgd, operands, options_.sgd);
    add_state(parameter, updated[0], form_.weights[i]);
    velocities_.push_back({velocity, updated[1]});
  }

  // running' = running + (1 - momentum) (batch - running)
  void running(ValueId batch, const Tensor& initial) {
    const ValueId before = builder_.input("running" + std::to_string(states_.size()), initial.type);
    const ValueId change = builder_.call(op::sub, {batch, before});
    const ValueId share = builder_.scalar(1 - options_.statistics_momentum);
    add_state(before, builder_.call(op::add, {before, builder_.call(op::mul, {change, share})}), initial);
  }

  std::size_t position(ValueId input) const {
    const std::vector<ValueId>& inputs = step_.graph.inputs;
    return static_cast<std::size_t>(std::ranges::find(inputs, input) - inputs.begin());
  }

  TrainingForm form_;
  std::vector<ValueId> grads_;
  const StepOptions& options_;
  GraphBuilder builder_;
  ValueId lr_;
  std::vector<Change> velocities_;
  std::vector<Change> states_;
  StepGraph step_;
};

}  // namespace

Result<StepGraph> sgd_step_graph(const Model& model, const StepOptions& options) {
  PAW_ASSIGN_OR_RETURN(TrainingForm form, training_form(model, {.label_smoothing = options.label_smoothing}));
  PAW_ASSIGN_OR_RETURN(std::vector<ValueId> grads, autodiff(form.graph, form.loss, form.parameters));
  return Step(std::move(form), std::move(grads), options).run();
}

}  // namespace paw
