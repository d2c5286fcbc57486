#include "passes/export_form.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "ir/pass.h"
#include "ir/rewriter.h"
#include "ops/ops.h"
#include "passes/passes.h"

namespace paw {

namespace {

std::unexpected<Error> refuse(std::string_view message, std::string_view hint = {}) {
  return fail(ErrorCode::kUnsupported, "export", message, hint);
}

bool is_one_of(const Node& node, std::initializer_list<const OpDef*> ops) {
  return std::ranges::find(ops, node.op) != ops.end();
}

// `constant` times `factor`: through its scale where it is quantised.
Tensor scaled(const Tensor& constant, double factor) {
  TensorType type = constant.type;
  if (type.quant) {
    QuantParams quant = *type.quant;
    for (float& scale : quant.scale) scale = static_cast<float>(scale * factor);
    type.quant = std::make_shared<const QuantParams>(std::move(quant));
    return {type, constant.data};
  }
  std::vector<double> values = real_values(constant);
  for (double& value : values) value *= factor;
  return tensor_from_real(type, values);
}

// Scales the constant weights and bias of `layer`. False: they are not constants, or the result is quantised.
bool scale_layer(Rewriter& edits, NodeId id, double factor) {
  const Node& layer = edits.graph()[id];
  if (!is_one_of(layer, {&op::fully_connected, &op::conv2d, &op::depthwise_conv2d})) return false;
  if (edits.type(layer.outputs[0]).quant) return false;
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) {
    if (layer.inputs[i].valid() && !edits.is_constant(layer.inputs[i])) return false;
  }
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) {
    if (!layer.inputs[i].valid()) continue;
    const Value& old = edits.graph()[layer.inputs[i]];
    const bool alone = edits.uses().single_use(layer.inputs[i]);
    edits.set_input(id, i,
                    edits.constant(scaled(edits.tensor(layer.inputs[i]), factor), alone ? old.name : "", old.encoding));
  }
  return true;
}

// Where 1 / T enters: the layer that makes `logits`, or `logits` itself.
void divide(Rewriter& edits, ValueId logits, double temperature) {
  for (ValueId value = logits; edits.uses().single_use(value);) {
    const NodeId maker = edits.uses().producer(value);
    if (!maker.valid()) break;
    if (scale_layer(edits, maker, 1 / temperature)) return;
    const Node& node = edits.graph()[maker];
    if (!is_one_of(node, {&op::div, &op::reshape, &op::squeeze, &op::expand_dims}) || edits.type(value).quant) break;
    value = node.inputs[0];
  }
  const TensorType& type = edits.type(logits);
  const double factor[] = {1 / temperature};
  const ValueId scalar = edits.constant(tensor_from_real({type.dtype, Shape{}}, factor));
  const NodeId softmax = edits.uses().users(logits)[0];
  edits.set_input(softmax, 0, edits.insert(op::mul, {logits, scalar}, {}, "temperature"));
}

}  // namespace

Status fold_temperature(Model& model) {
  if (model.temperature == 1) return {};
  Graph graph = model.graph;
  {
    Rewriter edits(graph);
    const NodeId last = graph.outputs.empty() ? NodeId{} : edits.uses().producer(graph.outputs[0]);
    const auto softmax = [&] { return last.valid() && graph[last].op == &op::softmax; };
    if (!softmax() || edits.type(graph[last].inputs[0]).quant) {
      return refuse("the temperature of " + std::to_string(model.temperature) +
                        " cannot go into the graph, which does not end in a softmax of floats",
                    "export the float model and optimise after that");
    }
    divide(edits, graph[last].inputs[0], model.temperature);
    PAW_RETURN_IF_ERROR(edits.finish());
  }
  model.graph = std::move(graph);
  model.temperature = 1;
  return {};
}

Result<Model> export_form(const Model& model) {
  PAW_RETURN_IF_ERROR(verify(model));
  Model out = model;
  PAW_RETURN_IF_ERROR(run_pipeline(out.graph, *find_pipeline("deploy")));
  PAW_RETURN_IF_ERROR(fold_temperature(out));
  return out;
}

namespace {

// Scale and zero point with which a pixel p stands for p * scale + bias, exactly and for all channels alike.
std::shared_ptr<const QuantParams> exact_quant(const Preprocess& p, std::size_t channels) {
  const double zero = -p.bias[0] / p.scale[0];
  const auto scale = static_cast<float>(p.scale[0]);
  for (std::size_t c = 0; c < channels; ++c) {
    if (p.scale[c] != p.scale[0] || p.bias[c] != p.bias[0]) return nullptr;
  }
  if (!(p.scale[0] > 0) || std::abs(zero - std::round(zero)) > 1e-6 || zero < -0.5 || zero > 255.5) return nullptr;
  return per_tensor(scale, static_cast<std::int32_t>(std::lround(zero)));
}

Tensor channel_row(std::span<const double> values) {
  return tensor_from_real({DType::kF32, Shape{1, 1, 1, static_cast<std::int64_t>(values.size())}}, values);
}

}  // namespace

Status take_pixels(Model& model, DType dtype) {
  PAW_ASSIGN_OR_RETURN(Preprocess preprocess, photo_preprocess(model, "export"));
  Graph graph = model.graph;
  const ValueId image = graph.inputs[0];
  if (graph.type(image).dtype != DType::kF32) return refuse("the input is " + graph.type(image).text() + ", not f32");
  const std::size_t channels = preprocess.color == ColorOrder::kGray ? 1 : 3;
  const bool bytes = dtype == DType::kU8;
  const auto quant = bytes ? exact_quant(preprocess, channels) : nullptr;
  if (bytes) graph[image].type = {DType::kU8, graph.type(image).shape, quant ? quant : per_tensor(1.0f, 0)};
  // The readers see normalised floats again: the graph is rebuilt behind the new input.
  const std::vector<NodeId> readers = Uses(graph).users(image);
  Rewriter edits(graph);
  ValueId real = bytes ? edits.insert(op::dequantize, {image}, {}, "pixels") : image;
  if (!quant) {
    real = edits.insert(op::mul, {real, edits.constant(channel_row(std::span(preprocess.scale).first(channels)))}, {},
                        "normalise");
    real = edits.insert(op::add, {real, edits.constant(channel_row(std::span(preprocess.bias).first(channels)))}, {},
                        "normalise");
    preprocess.scale = {1, 1, 1};
    preprocess.bias = {0, 0, 0};
  }
  for (const NodeId reader : readers) {
    for (std::size_t i = 0; i < graph[reader].inputs.size(); ++i) {
      if (graph[reader].inputs[i] == image) edits.set_input(reader, i, real);
    }
  }
  PAW_RETURN_IF_ERROR(edits.finish());
  model.graph = std::move(graph);
  model.preprocess = preprocess;
  return {};
}

}  // namespace paw
