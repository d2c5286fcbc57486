#include "forms.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/random.h"
#include "ir/builder.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/shape_ops.h"
#include "reference/interpreter.h"

namespace paw::tflite_testing {

namespace {

constexpr std::size_t kWeights = 1, kBias = 2;

bool is_layer(const Node& node) {
  return node.op == &op::conv2d || node.op == &op::depthwise_conv2d || node.op == &op::fully_connected;
}

int channel_axis(const Node& node) { return node.op == &op::depthwise_conv2d ? 3 : 0; }

// Symmetric, with the largest magnitude at 127 or 7.
Tensor quantised(const Tensor& weights, DType dtype, int axis) {
  const std::vector<double> values = real_values(weights);
  TensorType type{dtype, weights.type.shape};
  QuantParams quant{.axis = axis};
  const auto channels = axis < 0 ? std::size_t{1} : static_cast<std::size_t>(type.shape[axis]);
  quant.scale.assign(channels, 0);
  quant.zero_point.assign(channels, dtype == DType::kU8 ? 128 : 0);
  type.quant = std::make_shared<const QuantParams>(quant);
  for (std::size_t i = 0; i < values.size(); ++i) {
    float& largest = quant.scale[quant_index(type, static_cast<std::int64_t>(i))];
    largest = std::max(largest, static_cast<float>(std::abs(values[i])));
  }
  const float most = dtype == DType::kI4 ? 7 : 127;
  for (float& scale : quant.scale) scale = scale > 0 ? scale / most : 1;
  type.quant = std::make_shared<const QuantParams>(quant);
  return tensor_from_real(type, values);
}

// Makes the graph again with every layer's weights changed by `change`.
template <class Change>
Graph with_weights(const Graph& graph, Change change) {
  Graph out = graph;
  const std::vector<Node> nodes = std::move(out.nodes);
  out.nodes.clear();
  for (Node node : nodes) {
    if (is_layer(node) && graph.is_constant(node.inputs[kWeights])) change(out, node);
    out.nodes.push_back(std::move(node));
  }
  return out;
}

ValueId add_value(Graph& graph, TensorType type, std::optional<Bytes> constant, std::optional<Encoding> encoding = {}) {
  graph.values.push_back({.name = {}, .type = std::move(type), .constant = std::move(constant), .encoding = encoding});
  return ValueId(graph.values.size() - 1);
}

// Constants that were replaced go.
Graph without_unread(Graph graph) {
  const Uses uses(graph);
  std::vector<ValueId> moved(graph.values.size());
  std::vector<Value> kept;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const ValueId id(i);
    if (graph.is_constant(id) && uses.users(id).empty()) continue;
    moved[i] = ValueId(kept.size());
    kept.push_back(std::move(graph.values[i]));
  }
  graph.values = std::move(kept);
  const auto move_all = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) id = id.valid() ? moved[id.index] : id;
  };
  for (Node& node : graph.nodes) {
    move_all(node.inputs);
    move_all(node.outputs);
  }
  move_all(graph.inputs);
  move_all(graph.outputs);
  return graph;
}

using Ranges = std::vector<std::pair<double, double>>;

Result<Ranges> observe(const Graph& graph) {
  Ranges ranges(graph.values.size(), {0, 0});
  const auto cover = [&](ValueId id, const RefTensor& tensor) {
    for (const double v : tensor.data) {
      ranges[id.index].first = std::min(ranges[id.index].first, v);
      ranges[id.index].second = std::max(ranges[id.index].second, v);
    }
  };
  for (std::uint64_t seed = 0; seed < 2; ++seed) {
    std::vector<RefTensor> inputs;
    for (const ValueId input : graph.inputs) {
      Random random(seed, input.index);
      RefTensor tensor{graph.type(input).shape, {}};
      for (std::int64_t i = 0; i < tensor.shape.elements(); ++i) tensor.data.push_back(random.uniform(-1, 1));
      cover(input, tensor);
      inputs.push_back(std::move(tensor));
    }
    const auto seen = [&](NodeId node, std::span<const RefTensor> results) {
      cover(graph[node].outputs[0], results[0]);
    };
    PAW_ASSIGN_OR_RETURN([[maybe_unused]] const auto done, interpret(graph, inputs, {.observe = seen}));
  }
  return ranges;
}

std::shared_ptr<const QuantParams> params(std::pair<double, double> range, DType dtype) {
  const auto [lo, hi] = range;
  if (dtype == DType::kI16) {
    return per_tensor(static_cast<float>(std::max({-lo, hi, 1e-6}) / 32767), 0);
  }
  const auto scale = static_cast<float>(std::max(hi - lo, 1e-6) / 255);
  const double least = lowest(dtype);
  return per_tensor(scale,
                    static_cast<std::int32_t>(std::clamp(std::round(least - lo / scale), least, highest(dtype))));
}

class StaticQuantiser {
 public:
  StaticQuantiser(const Graph& graph, DType dtype, bool per_channel, Ranges ranges)
      : graph_(graph),
        uses_(graph),
        dtype_(dtype),
        per_channel_(per_channel),
        ranges_(std::move(ranges)),
        builder_(graph.name),
        values_(graph.values.size()) {}

  Result<Graph> run() {
    for (const ValueId input : graph_.inputs) {
      values_[input.index] =
          builder_.input(graph_[input].name, {dtype_, graph_.type(input).shape, params(ranges_[input.index], dtype_)});
    }
    for (const Node& node : graph_.nodes) add(node);
    for (const ValueId output : graph_.outputs) builder_.output(values_[output.index]);
    return builder_.finish();
  }

 private:
  // What a layer gives is clamped within the type that holds the activation behind it.
  std::pair<double, double> range_of(const Node& node) const {
    const ValueId y = node.outputs[0];
    if (uses_.single_use(y)) {
      const Node& next = graph_[uses_.users(y)[0]];
      if (next.op == &op::relu || next.op == &op::relu6) return ranges_[next.outputs[0].index];
    }
    return ranges_[y.index];
  }

  ValueId operand(const Node& node, std::size_t i) {
    const ValueId old = node.inputs[i];
    if (!old.valid() || !graph_.is_constant(old)) return old.valid() ? values_[old.index] : old;
    const Tensor constant = graph_.tensor(old);
    const DType weights = dtype_ == DType::kU8 ? DType::kU8 : DType::kI8;
    const bool channels = per_channel_ && weights == DType::kI8 && node.op != &op::fully_connected;
    if (is_layer(node) && i == kWeights)
      return builder_.constant(quantised(constant, weights, channels ? channel_axis(node) : -1), {},
                               graph_[old].encoding);
    if (is_layer(node) && i == kBias) return bias(node, constant);
    Ranges::value_type range{0, 0};
    for (const double v : real_values(constant)) range = {std::min(range.first, v), std::max(range.second, v)};
    return builder_.constant(
        tensor_from_real({dtype_, constant.type.shape, params(range, dtype_)}, real_values(constant)));
  }

  ValueId bias(const Node& node, const Tensor& constant) {
    const TensorType x = builder_.type(values_[node.inputs[0].index]), weights = builder_.type(last_weights_);
    QuantParams quant = *weights.quant;
    quant.axis = quant.axis < 0 ? -1 : 0;
    std::ranges::fill(quant.zero_point, 0);
    for (float& scale : quant.scale) scale *= x.quant->scale[0];
    const TensorType type{DType::kI32, constant.type.shape, std::make_shared<const QuantParams>(quant)};
    return builder_.constant(tensor_from_real(type, real_values(constant)));
  }

  void add(const Node& node) {
    std::vector<ValueId> inputs;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      inputs.push_back(operand(node, i));
      if (i == kWeights) last_weights_ = inputs.back();
    }
    const bool ruled = node.op->has(kSharesInputScale) || node.op->has(kFixedOutputScale);
    const ValueId y = node.outputs[0];
    values_[y.index] = builder_.call(*node.op, inputs, node.attrs,
                                     {graph_[y].name, node.source, ruled ? nullptr : params(range_of(node), dtype_)});
  }

  const Graph& graph_;
  Uses uses_;
  DType dtype_;
  bool per_channel_;
  Ranges ranges_;
  GraphBuilder builder_;
  std::vector<ValueId> values_;
  ValueId last_weights_;
};

}  // namespace

Graph stored_weights(const Graph& graph, DType dtype) {
  return without_unread(with_weights(graph, [&](Graph& out, Node& node) {
    const Tensor weights = graph.tensor(node.inputs[kWeights]);
    const std::optional<Encoding> encoding = graph[node.inputs[kWeights]].encoding;
    const bool half = dtype == DType::kF16;
    const Tensor stored = half ? tensor_from_real({DType::kF16, weights.type.shape}, real_values(weights))
                               : quantised(weights, dtype, channel_axis(node));
    const ValueId constant = add_value(out, stored.type, stored.data, encoding);
    const ValueId real = add_value(out, weights.type, std::nullopt);
    out.nodes.push_back({.op = half ? &op::cast : &op::dequantize,
                         .attrs = DtypeAttrs{DType::kF32},
                         .inputs = {constant},
                         .outputs = {real},
                         .source = node.source});
    node.inputs[kWeights] = real;
  }));
}

Graph dynamic_weights(const Graph& graph, DType dtype, bool per_channel) {
  return without_unread(with_weights(graph, [&](Graph& out, Node& node) {
    if (node.op == &op::depthwise_conv2d && dtype == DType::kI4) return;
    const Tensor stored = quantised(graph.tensor(node.inputs[kWeights]), dtype, per_channel ? channel_axis(node) : -1);
    node.inputs[kWeights] = add_value(out, stored.type, stored.data, graph[node.inputs[kWeights]].encoding);
  }));
}

Result<Graph> static_integers(const Graph& graph, DType activations, bool per_channel) {
  PAW_ASSIGN_OR_RETURN(Ranges ranges, observe(graph));
  return StaticQuantiser(graph, activations, per_channel, std::move(ranges)).run();
}

Graph pruned(const Graph& graph, std::size_t block) {
  return without_unread(with_weights(graph, [&](Graph& out, Node& node) {
    const Tensor weights = graph.tensor(node.inputs[kWeights]);
    std::vector<double> values = real_values(weights);
    const std::size_t own = static_cast<std::size_t>(weights.type.shape.back()) % block == 0 ? block : 1;
    std::vector<double> sizes(values.size() / own);
    for (std::size_t i = 0; i < values.size(); ++i) sizes[i / own] += std::abs(values[i]);
    std::vector<double> sorted = sizes;
    std::ranges::nth_element(sorted, sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() * 3 / 4));
    const double limit = sorted[sorted.size() * 3 / 4];
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = sizes[i / own] < limit ? 0 : values[i];
    node.inputs[kWeights] = add_value(out, weights.type, tensor_from_real(weights.type, values).data,
                                      Encoding{.kind = Encoding::Kind::kSparse});
  }));
}

namespace {

// A quarter of the blocks, numbers in [-1, 1), with a scale per row where `dtype` is i8.
Tensor blocks_of_weights(const Shape& shape, DType dtype, std::size_t block) {
  Random random(block);
  std::vector<double> values(static_cast<std::size_t>(shape.elements()));
  for (std::size_t i = 0; i < values.size(); i += block) {
    const bool stored = random.below(4) == 0;
    for (std::size_t k = i; k < i + block; ++k) values[k] = stored ? random.uniform(-1, 1) : 0;
  }
  const Tensor weights = tensor_from_real({DType::kF32, shape}, values);
  return dtype == DType::kI8 ? quantised(weights, dtype, 0) : tensor_from_real({dtype, shape}, values);
}

// A layer of convolution or dense, and every input in turn: what it puts out are its weights.
Result<BlockedLayer> blocked_layer(const OpDef& op, Shape weights, DType dtype, std::size_t block) {
  const bool dense = weights.rank() == 2;
  const std::int64_t inputs = weights.elements() / weights[0];
  const Shape x = dense ? Shape{inputs, inputs} : Shape{inputs, weights[1], weights[2], weights[3]};
  GraphBuilder b("layer");
  const ValueId in = b.input("x", {DType::kF32, x});
  const Tensor stored = blocks_of_weights(weights, dtype, block);
  ValueId w = b.constant(stored, "weights");
  if (dtype == DType::kF16) w = b.call(op::cast, {w}, DtypeAttrs{DType::kF32});
  if (dtype == DType::kI8) w = b.call(op::dequantize, {w}, DtypeAttrs{DType::kF32});
  const ValueId bias = b.constant(Tensor::zeros({DType::kF32, Shape{weights[0]}}));
  b.output(b.call(op, {in, w, bias}, {}, {"y", "layer", nullptr}));
  PAW_ASSIGN_OR_RETURN(Graph graph, b.finish());
  graph[graph.find("weights")].encoding = Encoding{.kind = Encoding::Kind::kSparse};
  BlockedLayer out{.name = std::string(op.name) + (dense ? "" : std::to_string(weights[1])) + "_" +
                           std::string(name(dtype)) + "_b" + std::to_string(block),
                   .graph = std::move(graph),
                   .input = {x, std::vector<double>(static_cast<std::size_t>(x.elements()))},
                   .block = block};
  for (std::int64_t i = 0; i < inputs; ++i) out.input.data[static_cast<std::size_t>(i * inputs + i)] = 1;
  return out;
}

}  // namespace

Result<std::vector<BlockedLayer>> blocked_layers() {
  std::vector<BlockedLayer> all;
  for (const DType dtype : {DType::kF32, DType::kF16, DType::kI8}) {
    for (const std::size_t block : {1u, 2u, 4u, 8u, 16u}) {
      PAW_ASSIGN_OR_RETURN(BlockedLayer pixel, blocked_layer(op::conv2d, {48, 1, 1, 64}, dtype, block));
      PAW_ASSIGN_OR_RETURN(BlockedLayer window, blocked_layer(op::conv2d, {24, 3, 3, 32}, dtype, block));
      PAW_ASSIGN_OR_RETURN(BlockedLayer dense, blocked_layer(op::fully_connected, {48, 80}, dtype, block));
      for (BlockedLayer* layer : {&pixel, &window, &dense}) all.push_back(std::move(*layer));
    }
  }
  return all;
}

Graph tiny_net() {
  GraphBuilder b("tiny");
  Random random(3);
  const auto weights = [&](Shape shape) {
    std::vector<double> values(static_cast<std::size_t>(shape.elements()));
    for (double& v : values) v = random.uniform(-0.5, 0.5);
    return b.constant(tensor_from_real({DType::kF32, shape}, values));
  };
  ValueId x = b.input("image", {DType::kF32, {1, 6, 6, 3}});
  x = b.call(op::conv2d, {x, weights({16, 3, 3, 3}), weights(Shape{16})},
             Conv2dAttrs{.stride = {2, 2}, .padding = Padding::kSame});
  x = b.call(op::relu6, {x});
  x = b.call(op::depthwise_conv2d, {x, weights({1, 3, 3, 16}), weights(Shape{16})},
             DepthwiseConv2dAttrs{.padding = Padding::kSame});
  x = b.call(op::relu, {x});
  x = b.call(op::conv2d, {x, weights({48, 1, 1, 16}), weights(Shape{48})});
  x = b.call(op::max_pool, {x}, PoolAttrs{});
  x = b.call(op::reshape, {x}, ShapeAttrs{{1, 48}});
  x = b.call(op::fully_connected, {x, weights({3, 48}), weights(Shape{3})}, {}, {"logits", "head", nullptr});
  b.output(b.call(op::softmax, {x}, {}, {"scores", "scores", nullptr}));
  return *b.finish();
}

Result<std::vector<Form>> all_forms(const Graph& graph) {
  std::vector<Form> forms;
  forms.push_back({"float", graph});
  forms.push_back({"float16", stored_weights(graph, DType::kF16)});
  forms.push_back({"int8_weights", stored_weights(graph, DType::kI8)});
  forms.push_back({"int4_weights", stored_weights(graph, DType::kI4)});
  forms.push_back({"dynamic", dynamic_weights(graph, DType::kI8, false)});
  forms.push_back({"dynamic_channels", dynamic_weights(graph, DType::kI8, true)});
  forms.push_back({"dynamic_int4", dynamic_weights(graph, DType::kI4, true)});
  forms.push_back({"sparse", pruned(graph)});
  forms.push_back({"sparse_float16", stored_weights(pruned(graph), DType::kF16)});
  forms.push_back({"sparse_int8", stored_weights(pruned(graph), DType::kI8)});
  for (const auto& [name, dtype] : {std::pair{"int8", DType::kI8}, {"uint8", DType::kU8}, {"int16", DType::kI16}}) {
    PAW_ASSIGN_OR_RETURN(Graph integers, static_integers(graph, dtype));
    forms.push_back({name, std::move(integers)});
  }
  PAW_ASSIGN_OR_RETURN(Graph one_scale, static_integers(graph, DType::kI8, false));
  forms.push_back({"int8_one_scale", std::move(one_scale)});
  forms.push_back({"sparse_blocks", pruned(graph, 4)});
  forms.push_back({"sparse_blocks_int8", stored_weights(pruned(graph, 8), DType::kI8)});
  forms.push_back({"dynamic_sparse_blocks", dynamic_weights(pruned(graph, 8), DType::kI8, true)});
  for (const auto& [name, dtype] :
       {std::pair{"int8_sparse_blocks", DType::kI8}, {"int16_sparse_blocks", DType::kI16}}) {
    PAW_ASSIGN_OR_RETURN(Graph integers, static_integers(pruned(graph, 8), dtype));
    forms.push_back({name, std::move(integers)});
  }
  return forms;
}

}  // namespace paw::tflite_testing
