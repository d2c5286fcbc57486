// Batch norm at inference is y = x * factor + shift per channel, factor = scale / sqrt(variance + epsilon), shift =
// offset - mean * factor. It goes into the weights and bias of the conv2d, depthwise_conv2d or fully_connected that
// nothing but it reads; so do a mul, add or sub by one number or one per channel. In front of a layer that pads
// nothing it goes into that layer (with padding it would shift the border too). What is left becomes mul and add.
// Products are formed in double and rounded once to the type of the weights. A fold whose numbers would not be finite
// is not done, nor one that would break a palette.
//
// before: into the layer before it
//   graph g(%x: f32[1,2,2,1]) -> (%y) {
//     %w = const dense [1,2] : f32[2,1,1,1]
//     %0 = conv2d(%x, %w) : f32[1,2,2,2] @ "stem"
//     %scale = const dense [1,3] : f32[2]
//     %offset = const dense [0.5,1] : f32[2]
//     %mean = const dense [1,-1] : f32[2]
//     %variance = const dense [3,8] : f32[2]
//     %1 = batch_norm(%0, %scale, %offset, %mean, %variance) {epsilon=1} : f32[1,2,2,2] @ "stem_bn"
//     %y = relu(%1) : f32[1,2,2,2]
//   }
// after:
//   graph g(%x: f32[1,2,2,1]) -> (%y) {
//     %0 = const dense [0.5,2] : f32[2,1,1,1]
//     %1 = const dense [0,2] : f32[2]
//     %2 = conv2d(%x, %0, %1) : f32[1,2,2,2] @ "stem"
//     %y = relu(%2) : f32[1,2,2,2]
//   }
//
// before: a bias added behind a dense layer
//   graph g(%x: f32[1,2]) -> (%y) {
//     %w = const dense [1,2,3,4] : f32[2,2]
//     %b = const fill 1 : f32[2]
//     %0 = fully_connected(%x, %w, %b) : f32[1,2]
//     %shift = const dense [2,3] : f32[1,2]
//     %y = add(%shift, %0) : f32[1,2]
//   }
// after:
//   graph g(%x: f32[1,2]) -> (%y) {
//     %w = const dense [1,2,3,4] : f32[2,2]
//     %0 = const dense [3,4] : f32[2]
//     %y = fully_connected(%x, %w, %0) : f32[1,2]
//   }
//
// before: into the layer after it
//   graph g(%x: f32[1,2]) -> (%y) {
//     %p = const fill 1 : f32[2]
//     %mean = const dense [1,2] : f32[2]
//     %variance = const fill 4 : f32[2]
//     %0 = batch_norm(%x, %p, %p, %mean, %variance) {epsilon=0} : f32[1,2]
//     %w = const dense [2,4] : f32[1,2]
//     %y = fully_connected(%0, %w) : f32[1,1]
//   }
// after:
//   graph g(%x: f32[1,2]) -> (%y) {
//     %0 = const dense [1,2] : f32[1,2]
//     %1 = const fill 1 : f32[1]
//     %y = fully_connected(%x, %0, %1) : f32[1,1]
//   }
//
// before: nowhere to go, for padding pads the normalised image
//   graph g(%x: f32[1,3,3,1], %w: f32[1,3,3,1]) -> (%y) {
//     %p = const fill 2 : f32[1]
//     %variance = const fill 1 : f32[1]
//     %0 = batch_norm(%x, %p, %p, %p, %variance) {epsilon=3} : f32[1,3,3,1] @ "bn"
//     %y = conv2d(%0, %w) {padding=same} : f32[1,3,3,1]
//   }
// after:
//   graph g(%x: f32[1,3,3,1], %w: f32[1,3,3,1]) -> (%y) {
//     %0 = const fill 1 : f32[1]
//     %1 = mul(%x, %0) : f32[1,3,3,1] @ "bn"
//     %2 = const fill 0 : f32[1]
//     %3 = add(%1, %2) : f32[1,3,3,1] @ "bn"
//     %y = conv2d(%3, %w) {padding=same} : f32[1,3,3,1]
//   }
#include <algorithm>
#include <cmath>

#include "ops/conv2d.h"
#include "ops/normalization.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "passes/rules.h"

namespace paw::pass {

namespace {

using Values = std::vector<double>;

// y = x * factor + shift, one of each per channel (last axis).
struct Affine {
  Values factor, shift;
};

// A constant of floats that broadcasts along the last axis of `channels` only.
std::optional<Values> per_channel(const Rewriter& edits, ValueId value, std::int64_t channels) {
  if (!edits.is_constant(value) || !is_float(edits.type(value).dtype)) return std::nullopt;
  const std::int64_t count = edits.type(value).shape.elements();
  const bool one_axis = count == 1 || (count == channels && edits.type(value).shape.back() == channels);
  if (!one_axis) return std::nullopt;
  Values values = stored_values(edits.tensor(value));
  values.resize(static_cast<std::size_t>(channels), values[0]);
  return values;
}

std::optional<Affine> affine_of_batch_norm(const Candidate& c, std::int64_t channels) {
  std::array<Values, 5> p;
  for (std::size_t i = 1; i < p.size(); ++i) {
    std::optional<Values> values = per_channel(c.edits, c.in(i), channels);
    if (!values) return std::nullopt;
    p[i] = std::move(*values);
  }
  const double epsilon = c.node.attrs.as<BatchNormAttrs>().epsilon;
  Affine affine;
  for (std::size_t i = 0; i < p[1].size(); ++i) {
    affine.factor.push_back(p[1][i] / std::sqrt(p[4][i] + epsilon));
    affine.shift.push_back(p[2][i] - p[3][i] * affine.factor[i]);
  }
  return affine;
}

// What a batch_norm, mul, add or sub does to input `x`, when it is that by constants.
std::optional<Affine> affine_of(const Candidate& c, std::size_t x) {
  const TensorType& y = c.type();
  if (!is_float(y.dtype) || !(c.type(x) == y) || y.shape.rank() == 0) return std::nullopt;
  const std::int64_t channels = y.shape.back();
  if (c.node.op == &op::batch_norm) return x == 0 ? affine_of_batch_norm(c, channels) : std::nullopt;
  std::optional<Values> values = per_channel(c.edits, c.in(1 - x), channels);
  if (!values || (c.node.op == &op::sub && x != 0)) return std::nullopt;
  const std::size_t count = values->size();
  if (c.node.op == &op::mul) return Affine{std::move(*values), Values(count, 0.0)};
  if (c.node.op == &op::sub) std::ranges::transform(*values, values->begin(), std::negate());
  return Affine{Values(count, 1.0), std::move(*values)};
}

// A layer whose weights can be scaled: which input and output channel each weight belongs to.
class Layer {
 public:
  Layer(const Rewriter& edits, const Node& node) : edits_(edits), node_(node) {
    const Shape& w = edits.type(edits.resolve(node.inputs[1])).shape;
    const std::int64_t channels = edits.type(node.inputs[0]).shape.back();
    per_filter_ = w.elements() / w[0];
    inputs_ = w.back();
    if (node.op == &op::conv2d) {
      const std::int64_t groups = node.attrs.as<Conv2dAttrs>().groups;
      filters_per_group_ = w[0] / groups;
    } else if (node.op == &op::fully_connected) {
      filters_per_group_ = w[0];
    } else {
      multiplier_ = w[3] / channels;
    }
  }

  static bool is_layer(const OpDef* op) {
    return op == &op::conv2d || op == &op::depthwise_conv2d || op == &op::fully_connected;
  }

  // Weights and bias are constants of floats that may change.
  bool foldable() const {
    if (!is_float(edits_.type(node_.inputs[0]).dtype) || !plain_constant(weights())) return false;
    const std::optional<Encoding> encoding = encoding_of(weights());
    if (encoding && encoding->kind == Encoding::Kind::kPalette) return false;
    return !bias().valid() || plain_constant(bias());
  }

  std::size_t output_channel(std::int64_t i) const {
    return static_cast<std::size_t>(multiplier_ > 0 ? i % inputs_ : i / per_filter_);
  }
  std::size_t input_channel(std::int64_t i) const {
    if (multiplier_ > 0) return static_cast<std::size_t>(i % inputs_ / multiplier_);
    return static_cast<std::size_t>(i / per_filter_ / filters_per_group_ * inputs_ + i % inputs_);
  }

  // Every weight times the factor of its output channel.
  void scale(Values& weights, const Values& factor) const {
    const auto row = static_cast<std::size_t>(multiplier_ > 0 ? inputs_ : per_filter_);
    for (std::size_t first = 0; first < weights.size(); first += row) {
      for (std::size_t i = 0; i < row; ++i) weights[first + i] *= factor[multiplier_ > 0 ? i : first / row];
    }
  }

  ValueId weights() const { return edits_.resolve(node_.inputs[1]); }
  ValueId bias() const { return node_.inputs.size() > 2 ? edits_.resolve(node_.inputs[2]) : ValueId{}; }
  Values bias_values() const {
    if (bias().valid()) return stored_values(edits_.tensor(bias()));
    return Values(static_cast<std::size_t>(edits_.type(node_.outputs[0]).shape.back()), 0.0);
  }
  std::optional<Encoding> encoding_of(ValueId value) const {
    const Graph& graph = edits_.graph();
    return value.index < graph.values.size() ? graph[value].encoding : std::nullopt;
  }

  // The same layer on `x` with these numbers; invalid when one is not finite. Zeros stay zeros: so does the encoding.
  ValueId rebuilt(Rewriter& edits, ValueId x, const Values& new_weights, const Values& new_bias,
                  const std::shared_ptr<const QuantParams>& quant) const {
    const TensorType& w = edits.type(weights());
    const DType bias_dtype = bias().valid() ? edits.type(bias()).dtype : w.dtype;
    const std::optional<Tensor> b = finite_constant(bias_dtype, {static_cast<std::int64_t>(new_bias.size())}, new_bias);
    std::optional<Tensor> scaled = finite_constant(w.dtype, w.shape, new_weights);
    if (!b || !scaled) return {};
    const bool same = scaled->data == edits.tensor(weights()).data;
    const ValueId new_w = same ? weights() : edits.constant(std::move(*scaled), {}, encoding_of(weights()));
    return edits.insert(*node_.op, {x, new_w, edits.constant(*b)}, node_.attrs, node_.source, quant);
  }

 private:
  bool plain_constant(ValueId value) const { return edits_.is_constant(value) && is_float(edits_.type(value).dtype); }

  const Rewriter& edits_;
  const Node& node_;
  std::int64_t per_filter_ = 1, inputs_ = 1, filters_per_group_ = 1;
  std::int64_t multiplier_ = 0;  // > 0: depthwise
};

ValueId scale_outputs(const Candidate& c, const Node& node, const Affine& affine) {
  const Layer layer(c.edits, node);
  if (!layer.foldable()) return {};
  Values weights = stored_values(c.edits.tensor(layer.weights()));
  Values bias = layer.bias_values();
  layer.scale(weights, affine.factor);
  for (std::size_t o = 0; o < bias.size(); ++o) bias[o] = bias[o] * affine.factor[o] + affine.shift[o];
  return layer.rebuilt(c.edits, c.edits.resolve(node.inputs[0]), weights, bias, c.type().quant);
}

// A batch_norm, mul, add or sub: into the layer before it.
ValueId into_layer_before(const Candidate& c) {
  for (std::size_t x = 0; x < std::min<std::size_t>(c.node.inputs.size(), 2); ++x) {
    const Node* layer = c.producer(x);
    if (layer == nullptr || !Layer::is_layer(layer->op) || c.single_use_input(x, *layer->op) == nullptr) continue;
    const std::optional<Affine> affine = affine_of(c, x);
    if (affine) return scale_outputs(c, *layer, *affine);
  }
  return {};
}

template <class A>
bool pads_nothing(const A& a, const Shape& weights) {
  if (a.padding == Padding::kExplicit) return std::ranges::max(a.pads) == 0;
  return a.padding == Padding::kValid || (weights[1] == 1 && weights[2] == 1);
}

bool pads_nothing(const Candidate& c) {
  const Attrs& attrs = c.node.attrs;
  if (c.node.op == &op::conv2d) return pads_nothing(attrs.as<Conv2dAttrs>(), c.type(1).shape);
  if (c.node.op == &op::depthwise_conv2d) return pads_nothing(attrs.as<DepthwiseConv2dAttrs>(), c.type(1).shape);
  return true;
}

// A layer: takes in the batch_norm before it.
ValueId absorb_input(const Candidate& c) {
  const Node* norm = c.single_use_input(0, op::batch_norm);
  const Layer layer(c.edits, c.node);
  if (norm == nullptr || !pads_nothing(c) || !layer.foldable()) return {};
  const std::optional<Affine> affine = affine_of({c.edits, c.edits.uses().producer(c.in(0)), *norm}, 0);
  if (!affine) return {};
  Values weights = stored_values(c.edits.tensor(layer.weights()));
  Values bias = layer.bias_values();
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    bias[layer.output_channel(at)] += weights[i] * affine->shift[layer.input_channel(at)];
    weights[i] *= affine->factor[layer.input_channel(at)];
  }
  return layer.rebuilt(c.edits, c.edits.resolve(norm->inputs[0]), weights, bias, c.type().quant);
}

ValueId as_mul_and_add(const Candidate& c) {
  const std::optional<Affine> affine = affine_of(c, 0);
  if (!affine) return {};
  const Shape channels{c.type().shape.back()};
  const std::optional<Tensor> factor = finite_constant(c.type().dtype, channels, affine->factor);
  const std::optional<Tensor> shift = finite_constant(c.type().dtype, channels, affine->shift);
  if (!factor || !shift) return {};
  const ValueId scaled = c.edits.insert(op::mul, {c.in(0), c.edits.constant(*factor)}, {}, c.node.source);
  return c.edits.insert(op::add, {scaled, c.edits.constant(*shift)}, {}, c.node.source);
}

constexpr Rule kIntoLayerBefore[] = {{&op::batch_norm, into_layer_before},
                                     {&op::mul, into_layer_before},
                                     {&op::add, into_layer_before},
                                     {&op::sub, into_layer_before}};
constexpr Rule kIntoLayerAfter[] = {
    {&op::conv2d, absorb_input}, {&op::depthwise_conv2d, absorb_input}, {&op::fully_connected, absorb_input}};
constexpr Rule kDecompose[] = {{&op::batch_norm, as_mul_and_add}};

constexpr int kMaxSweeps = 16;  // of a chain of scalings behind one layer; each sweep rewrites all its weights

Result<bool> run_fold_batch_norm(Graph& graph, const Target&) {
  bool changed = false, again = true;
  for (int sweep = 0; again && sweep < kMaxSweeps; ++sweep) {
    PAW_ASSIGN_OR_RETURN(again, apply_rules(graph, kIntoLayerBefore));
    // Only what cannot go into the layer before it goes into the one after.
    if (!again) {
      PAW_ASSIGN_OR_RETURN(again, apply_rules(graph, kIntoLayerAfter));
    }
    changed = changed || again;
  }
  PAW_ASSIGN_OR_RETURN(const bool decomposed, apply_rules(graph, kDecompose));
  return changed || decomposed;
}

}  // namespace

constinit const Pass fold_batch_norm{.name = "fold_batch_norm",
                                     .summary = "batch norm and per-channel scalings go into the weights",
                                     .run = run_fold_batch_norm};

}  // namespace paw::pass
