#include "train/step_graph.h"

#include <algorithm>
#include <cmath>

#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "train/autodiff.h"
#include "train/training_form.h"

namespace paw {

namespace {

using Role = StepState::Role;

// Root mean squares of a layer's rows: along the first axis, of a depthwise layer's weights [1,KH,KW,C] the last.
Tensor row_sizes(const Tensor& weights) {
  const Shape& shape = weights.type.shape;
  const auto values = weights.as<float>();
  const bool depthwise = shape.rank() == 4 && shape[0] == 1;
  const auto rows = static_cast<std::size_t>(depthwise ? shape.back() : shape[0]), columns = values.size() / rows;
  std::vector<float> sizes;
  for (std::size_t row = 0; row < rows; ++row) {
    double squares = 0;
    for (std::size_t k = 0; k < columns; ++k) {
      const double w = values[depthwise ? k * rows + row : row * columns + k];
      squares += w * w;
    }
    sizes.push_back(static_cast<float>(std::sqrt(squares / static_cast<double>(columns))));
  }
  std::vector<std::int64_t> extents(static_cast<std::size_t>(shape.rank()), 1);
  (depthwise ? extents.back() : extents.front()) = static_cast<std::int64_t>(rows);
  return Tensor::f32(Shape(std::span<const std::int64_t>(extents)), sizes);
}

class Step {
 public:
  Step(TrainingForm form, std::vector<ValueId> grads, const StepOptions& options)
      : form_(std::move(form)), grads_(std::move(grads)), options_(options), builder_(prepared()) {}

  Result<StepGraph> run() {
    builder_.set_scope("update");
    lr_ = builder_.input("lr", {DType::kF32, {}});
    const bool adam = std::holds_alternative<AdamAttrs>(options_.optimizer);
    if (adam) step_number_ = builder_.input("step", {DType::kF32, {}});
    if (options_.clip_norm > 0) clip();
    for (std::size_t i = 0; i < grads_.size(); ++i) adam ? update_adam(i) : update_sgd(i);
    for (const Change& change : moments_) add_state(Role::kMoment, {}, change, Tensor::zeros(change.type));
    builder_.set_scope("statistics");
    for (const BatchStatistics& s : form_.statistics) {
      running(Role::kStatistic, s.mean_source, s.mean, s.running_mean, options_.statistics_momentum);
      running(Role::kStatistic, s.variance_source, s.variance, s.running_variance, options_.statistics_momentum);
    }
    builder_.set_scope("average");
    for (std::size_t i = 0; options_.ema > 0 && i < grads_.size(); ++i) {
      running(Role::kAverage, form_.sources[i], states_[i].after, form_.weights[i], options_.ema);
    }
    PAW_ASSIGN_OR_RETURN(step_.graph, builder_.finish());
    step_.target = 1;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      step_.states[i].input = position(states_[i].before);
      step_.states[i].output = i + 2;  // behind loss and logits
    }
    step_.lr = position(lr_);
    if (step_number_.valid()) step_.step = position(step_number_);
    if (form_.hint.valid()) step_.hint = position(form_.hint);
    if (form_.seed.valid()) step_.seed = position(form_.seed);
    return std::move(step_);
  }

 private:
  struct Change {
    ValueId before, after;
    TensorType type;
  };

  Graph prepared() {
    form_.graph.outputs = {form_.loss, form_.logits};
    return std::move(form_.graph);
  }

  void add_state(Role role, ValueId source, const Change& change, Tensor initial) {
    builder_.output(change.after);
    states_.push_back(change);
    step_.states.push_back({.role = role, .source = source, .input = 0, .output = 0, .initial = std::move(initial)});
  }

  // grad' = grad * min(1, clip / (norm + 1e-6)), the norm being that of all gradients together (Pascanu et al. 2013).
  void clip() {
    ValueId sum;
    for (const ValueId grad : grads_) {
      const ValueId squares = builder_.call(op::reduce_sum, {builder_.call(op::square, {grad})}, ReduceAttrs{});
      sum = sum.valid() ? builder_.call(op::add, {sum, squares}) : squares;
    }
    const ValueId norm = builder_.call(op::add, {builder_.call(op::sqrt, {sum}), builder_.scalar(1e-6)});
    const ValueId share = builder_.call(op::div, {builder_.scalar(options_.clip_norm), norm});
    const ValueId factor = builder_.call(op::minimum, {share, builder_.scalar(1)});
    for (ValueId& grad : grads_) grad = builder_.call(op::mul, {grad, factor});
  }

  ValueId moment(const char* name, std::size_t i) {
    return builder_.input(name + std::to_string(i), builder_.type(form_.parameters[i]));
  }

  void update_sgd(std::size_t i) {
    auto attrs = std::get<SgdAttrs>(options_.optimizer);
    if (is_vector(i)) attrs.weight_decay = 0;
    const ValueId velocity = moment("velocity", i);
    const ValueId operands[] = {form_.parameters[i], grads_[i], velocity, lr_};
    updated(i, {velocity}, builder_.call_all(op::sgd, operands, attrs));
  }

  void update_adam(std::size_t i) {
    auto attrs = std::get<AdamAttrs>(options_.optimizer);
    if (is_vector(i)) attrs.weight_decay = 0;
    const ValueId m = moment("m", i), v = moment("v", i);
    const ValueId operands[] = {form_.parameters[i], grads_[i], m, v, lr_, step_number_};
    updated(i, {m, v}, builder_.call_all(op::adamw, operands, attrs));
  }

  bool is_vector(std::size_t i) const { return form_.weights[i].type.shape.rank() <= 1; }

  // `after`: the parameter, then each of `moments`.
  void updated(std::size_t i, const std::vector<ValueId>& moments, const std::vector<ValueId>& after) {
    const TensorType& type = form_.weights[i].type;
    const ValueId moved = options_.relative_steps && !is_vector(i) ? scaled_step(i, after[0]) : after[0];
    add_state(Role::kParameter, form_.sources[i], {form_.parameters[i], moved, type}, form_.weights[i]);
    for (std::size_t k = 0; k < moments.size(); ++k) moments_.push_back({moments[k], after[k + 1], type});
  }

  // before + size (after - before)
  ValueId scaled_step(std::size_t i, ValueId after) {
    const ValueId step = builder_.call(op::sub, {after, form_.parameters[i]});
    const ValueId scaled = builder_.call(op::mul, {step, builder_.constant(row_sizes(form_.weights[i]))});
    return builder_.call(op::add, {form_.parameters[i], scaled});
  }

  // running' = running + (1 - momentum) (now - running)
  void running(Role role, ValueId source, ValueId now, const Tensor& initial, double momentum) {
    const ValueId before = builder_.input("running" + std::to_string(states_.size()), initial.type);
    const ValueId change = builder_.call(op::sub, {now, before});
    const ValueId share = builder_.scalar(1 - momentum);
    const ValueId after = builder_.call(op::add, {before, builder_.call(op::mul, {change, share})});
    add_state(role, source, {before, after, initial.type}, initial);
  }

  std::size_t position(ValueId input) const {
    const std::vector<ValueId>& inputs = step_.graph.inputs;
    return static_cast<std::size_t>(std::ranges::find(inputs, input) - inputs.begin());
  }

  TrainingForm form_;
  std::vector<ValueId> grads_;
  const StepOptions& options_;
  GraphBuilder builder_;
  ValueId lr_, step_number_;
  std::vector<Change> moments_;
  std::vector<Change> states_;
  StepGraph step_;
};

}  // namespace

Result<StepGraph> step_graph(const Model& model, const StepOptions& options) {
  const TrainingFormOptions form_options{.label_smoothing = options.label_smoothing,
                                         .temperature = options.temperature,
                                         .hint_weight = options.hint_weight,
                                         .freeze_statistics = options.freeze_statistics};
  PAW_ASSIGN_OR_RETURN(TrainingForm form, training_form(model, form_options));
  PAW_ASSIGN_OR_RETURN(std::vector<ValueId> grads, autodiff(form.graph, form.loss, form.parameters));
  return Step(std::move(form), std::move(grads), options).run();
}

Model with_states(Model model, const StepGraph& step, const std::vector<Tensor>& states, bool averaged) {
  for (std::size_t i = 0; i < step.states.size(); ++i) {
    const StepState& state = step.states[i];
    if (state.source.valid() && (averaged || state.role != Role::kAverage)) {
      model.graph.values[state.source.index].constant = states[i].data;
    }
  }
  return model;
}

}  // namespace paw
