#include "formats/coreml/network/layer_writer.h"

#include <algorithm>

#include "coreml/network.pb.h"
#include "formats/coreml/identifier.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/weights.h"
#include "ops/ops.h"

namespace paw::coreml {

namespace {

std::vector<std::int64_t> list(const Shape& shape) { return {shape.extents().begin(), shape.extents().end()}; }

const LayerWriteRule* rule_of(const OpDef* op) {
  const auto rules = layer_write_rules();
  const auto found = std::ranges::find(rules, op, &LayerWriteRule::op);
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace

LayerWriter::LayerWriter(const Model& model, schema::Network& network)
    : model_(model), network_(network), uses_(model.graph), forms_(model.graph.values.size()) {}

Status LayerWriter::run(Description& description) {
  PAW_RETURN_IF_ERROR(write_inputs(description));
  const Graph& graph = model_.graph;
  const bool classifier = !model_.labels.empty();
  if (classifier) {
    add_classifier_outputs(description);
    for (const Feature& output : description.outputs) names_.claim(output.name);
    output_names_.emplace(graph.outputs[0].index, description.predicted_probabilities);
  }
  for (std::size_t i = classifier ? 1 : 0; i < graph.outputs.size(); ++i) {
    const ValueId value = graph.outputs[i];
    // What apps see must be an identifier in their language.
    const std::string wanted = identifier(graph[value].name);
    const std::string name = names_.make(wanted.empty() ? "output" : wanted);
    output_names_.try_emplace(value.index, name);
    PAW_ASSIGN_OR_RETURN(Feature output, output_feature(model_, value, name));
    description.outputs.push_back(std::move(output));
  }
  for (const Node& node : graph.nodes) PAW_RETURN_IF_ERROR(write_node(node));
  return write_outputs(description);
}

Status LayerWriter::write_inputs(Description& description) {
  const Graph& graph = model_.graph;
  for (const ValueId input : graph.inputs) {
    const std::string wanted = identifier(graph[input].name);
    const std::string name = names_.make(wanted.empty() ? "input" : wanted);
    PAW_ASSIGN_OR_RETURN(Feature feature, input_feature(model_, input, name));
    if (feature.kind == Feature::Kind::kArray && feature.dtype != DType::kF32) {
      return fail(ErrorCode::kUnsupported, "model: " + graph.label(input), "a NeuralNetwork computes with floats only");
    }
    const Shape& shape = graph.type(input).shape;
    if (shape.rank() > 5)
      return fail(ErrorCode::kUnsupported, "model: " + graph.label(input), "a NeuralNetwork has at most 5 axes");
    const Blob blob{name, AxisOrder::home(shape.rank()).to_file(shape)};
    if (feature.kind == Feature::Kind::kImage) {
      PAW_RETURN_IF_ERROR(normalise(input, blob));
    } else {
      define(input, blob, true);
    }
    description.inputs.push_back(std::move(feature));
  }
  return {};
}

// One scale for all channels goes into the preprocessing; several take a layer.
Status LayerWriter::normalise(ValueId input, Blob pixels) {
  const Preprocess& p = *model_.preprocess;
  const auto channels = static_cast<std::size_t>(pixels.shape[1]);
  const auto scale = std::span(p.scale).first(channels), bias = std::span(p.bias).first(channels);
  const auto all = [](std::span<const double> values, double v) {
    return std::ranges::all_of(values, [&](double x) { return x == v; });
  };
  if (all(scale, 1) && all(bias, 0)) {
    define(input, std::move(pixels), true);
    return {};
  }
  const auto as_float = [](double v) { return static_cast<float>(v); };
  if (all(scale, scale[0])) {
    schema::Preprocessing& preprocessing = *network_.add_preprocessing();
    preprocessing.set_feature(pixels.name);
    auto& scaler = *preprocessing.mutable_scaler();
    scaler.set_scale(as_float(scale[0]));
    const bool bgr = p.color == ColorOrder::kBgr;
    if (channels == 1) {
      scaler.set_gray(as_float(bias[0]));
    } else {
      scaler.set_red(as_float(bias[bgr ? 2 : 0]));
      scaler.set_green(as_float(bias[1]));
      scaler.set_blue(as_float(bias[bgr ? 0 : 2]));
    }
    define(input, std::move(pixels), true);
    return {};
  }
  const std::string name = names_.make(pixels.name + "/normalised");
  schema::Layer& layer = add(name, {pixels});
  schema::Layer::Scale& message = *layer.mutable_scale();
  const std::vector<std::int64_t> shape = {static_cast<std::int64_t>(channels), 1, 1};
  const auto floats = [&](std::span<const double> values) {
    std::vector<float> out;
    for (const double v : values) out.push_back(as_float(v));
    return pack_floats(out);
  };
  message.set_scale_shape(pack_integers(shape));
  message.mutable_scale()->set_floats(floats(scale));
  message.set_biased(true);
  message.set_bias_shape(pack_integers(shape));
  message.mutable_bias()->set_floats(floats(bias));
  define(input, {name, pixels.shape}, true);
  return {};
}

bool LayerWriter::is_stored(const Node& node) const {
  if (node.op != &op::cast && node.op != &op::dequantize) return false;
  const Graph& graph = model_.graph;
  return graph.is_constant(node.inputs[0]) && is_float(graph.type(node.outputs[0]).dtype) &&
         graph.type(node.inputs[0]).is_real();
}

ValueId LayerWriter::constant_behind(ValueId value) const {
  if (model_.graph.is_constant(value)) return value;
  const NodeId maker = uses_.producer(value);
  return maker.valid() && is_stored(model_.graph[maker]) ? model_.graph[maker].inputs[0] : ValueId{};
}

Status LayerWriter::write_node(const Node& node) {
  if (is_stored(node)) return {};
  node_ = &node;
  const LayerWriteRule* rule = rule_of(node.op);
  if (rule == nullptr) return refuse("has no form in a NeuralNetwork");
  if (rule->write == nullptr) return refuse("has no form in a NeuralNetwork: " + std::string(rule->refusal));
  if (out_type().dtype != DType::kF32 && out_type().dtype != DType::kF16)
    return refuse("computes " + out_type().text() + ", a NeuralNetwork only f32");
  if (out_type().shape.rank() == 0) return refuse("makes a scalar, which a NeuralNetwork cannot");
  if (out_type().shape.rank() > 5) return refuse("makes " + out_type().text() + "; a NeuralNetwork has at most 5 axes");
  return rule->write(*this);
}

Result<Blob> LayerWriter::form(ValueId value, bool home) {
  const Shape& shape = model_.graph.type(value).shape;
  const AxisOrder order = AxisOrder::home(shape.rank());
  if (const ValueId behind = constant_behind(value); behind.valid()) {
    return constant(behind, (home ? order : AxisOrder(shape.rank())).axes(), std::nullopt);
  }
  if (forms_[value.index].empty()) {
    return fail(ErrorCode::kInternal, "model: " + model_.graph.label(value), "is read before it is written");
  }
  for (const Form& known : forms_[value.index]) {
    if (known.home == home || order.identity()) return known.blob;
  }
  const Blob from = forms_[value.index][0].blob;
  std::vector<std::int64_t> perm;
  std::vector<int> axes;
  for (int i = 0; i < shape.rank(); ++i) {
    axes.push_back(home ? order[i] : order.file_axis(i));
    perm.push_back(axes.back());
  }
  std::string name = exact_name(value, home);
  if (name.empty()) name = names_.make(wanted_name(value) + (home ? "/nchw" : "/nhwc"));
  add(name, {from}).mutable_transpose()->set_values(pack_integers(perm));
  Blob blob{std::move(name), permuted(from.shape, axes)};
  define(value, blob, home);
  return blob;
}

Result<Blob> LayerWriter::constant(ValueId id, std::span<const int> axes, std::optional<Shape> shape) {
  std::string key = std::to_string(id.index) + (shape ? shape->text() : "");
  for (const int axis : axes) key += "," + std::to_string(axis);
  if (const auto found = constants_.find(key); found != constants_.end()) return found->second;
  const Tensor tensor = model_.graph.tensor(id);
  if (!tensor.type.is_real()) {
    return fail(ErrorCode::kUnsupported, "model: " + model_.graph.label(id),
                "a NeuralNetwork computes with no " + tensor.type.text());
  }
  FileConstant stored = file_constant(tensor, model_.graph[id].encoding, axes);
  Shape extents = shape.value_or(stored.tensor.type.shape);
  if (extents.rank() == 0) extents = Shape{1};  // there are no scalars
  const std::string name = names_.make(wanted_name(id));
  schema::Layer::Constant& message = *add(name, {}).mutable_load_constant_nd();
  message.set_shape(pack_integers(list(extents)));
  // Another shape than the graph's: only plain numbers go with it.
  if (!(extents == stored.tensor.type.shape)) {
    const std::vector<double> values = reals(stored);
    stored = {.tensor = tensor_from_real({DType::kF32, stored.tensor.type.shape}, values)};
  }
  if (const std::string lost = write_weights(stored, *message.mutable_data()); !lost.empty()) {
    notes_.push_back("constant " + name + " " + lost);
  }
  return constants_.emplace(std::move(key), Blob{name, extents}).first->second;
}

Status LayerWriter::weights(std::size_t i, std::span<const int> axes, schema::Weights& message) {
  const ValueId id = constant_behind(node_->inputs[i]);
  if (!id.valid())
    return refuse("its " + std::string(node_->op->inputs[i].name) + " must be constant in a Core ML file");
  const FileConstant stored = file_constant(model_.graph.tensor(id), model_.graph[id].encoding, axes);
  if (const std::string lost = write_weights(stored, message); !lost.empty()) {
    notes_.push_back("constant " + wanted_name(id) + " " + lost);
  }
  return {};
}

std::optional<float> LayerWriter::number(std::size_t i) const {
  const ValueId id = node_->inputs[i];
  const Graph& graph = model_.graph;
  if (!graph.is_constant(id) || graph.type(id).shape.rank() != 0 || graph.type(id).dtype != DType::kF32)
    return std::nullopt;
  return graph.tensor(id).as<float>()[0];
}

std::optional<std::vector<float>> LayerWriter::per_channel(std::size_t i) const {
  const ValueId id = node_->inputs[i];
  const Graph& graph = model_.graph;
  if (!graph.is_constant(id) || graph[id].encoding || graph.type(id).dtype != DType::kF32) return std::nullopt;
  const Shape &shape = graph.type(id).shape, &out = out_type().shape;
  if (shape.rank() == 0 || shape.back() != out.back() || shape.elements() != out.back()) return std::nullopt;
  const auto values = graph.tensor(id).as<float>();
  return std::vector<float>(values.begin(), values.end());
}

Result<Blob> LayerWriter::broadcast(std::size_t i, int rank) {
  const Shape& shape = type(i).shape;
  if (rank != 4 || shape.rank() == 4 || shape.rank() == 0) return in(i);
  // [W,C] stands for [1,1,W,C], which is [1,C,1,W] in the file; without the batch axis as long as the graph has none.
  std::array<std::int64_t, 4> extents = {1, 1, 1, 1};
  const int missing = 4 - shape.rank();
  for (int axis = 0; axis < shape.rank(); ++axis)
    extents[static_cast<std::size_t>(axis) + static_cast<std::size_t>(missing)] = shape[axis];
  const Shape file{extents[3], extents[1], extents[2]};
  if (const ValueId id = constant_behind(node_->inputs[i]); id.valid()) {
    std::vector<int> axes;
    for (const int axis : {3, 1, 2}) {
      if (axis - missing >= 0) axes.push_back(axis - missing);
    }
    return constant(id, axes, file);
  }
  PAW_ASSIGN_OR_RETURN(const Blob x, plain(i));
  if (extents[1] == 1 && extents[2] == 1) return reshaped(x, file);
  const Blob raised = reshaped(x, {extents[1], extents[2], extents[3]});
  static constexpr std::array<std::int64_t, 3> kPerm = {2, 0, 1};
  Blob moved;
  step({raised}, "transpose", file, moved).mutable_transpose()->set_values(pack_integers(kPerm));
  return moved;
}

Blob LayerWriter::reshaped(const Blob& blob, const Shape& shape) {
  Blob made;
  step({blob}, "reshape", shape, made).mutable_reshape_static()->set_values(pack_integers(list(shape)));
  return made;
}

schema::Layer& LayerWriter::add(const std::string& name, const std::vector<Blob>& inputs) {
  schema::Layer& layer = *network_.add_layers();
  layer.set_name(name);
  for (const Blob& input : inputs) layer.add_inputs(input.name);
  layer.add_outputs(name);
  return layer;
}

schema::Layer& LayerWriter::step(const std::vector<Blob>& inputs, std::string_view suffix, const Shape& shape,
                                 Blob& made) {
  made = {names_.make(wanted_name(node_->outputs[0]) + "/" + std::string(suffix)), shape};
  return add(made.name, inputs);
}

schema::Layer& LayerWriter::result(const std::vector<Blob>& inputs, bool home) {
  const ValueId value = node_->outputs[0];
  const Shape& shape = out_type().shape;
  std::string name = exact_name(value, home);
  if (name.empty()) name = names_.make(wanted_name(value));
  define(value, {name, (home ? AxisOrder::home(shape.rank()) : AxisOrder(shape.rank())).to_file(shape)}, home);
  return add(name, inputs);
}

std::string LayerWriter::exact_name(ValueId value, bool home) {
  const auto found = output_names_.find(value.index);
  const bool either = AxisOrder::home(model_.graph.type(value).shape.rank()).identity();
  if (found == output_names_.end() || (!home && !either)) return {};
  return std::exchange(found->second, "");
}

std::string LayerWriter::wanted_name(ValueId value) const {
  const Graph& graph = model_.graph;
  if (const std::string& name = graph[value].name; !name.empty()) return name;
  const auto called = [](const Node& node) { return node.source.empty() ? std::string(node.op->name) : node.source; };
  if (const NodeId maker = uses_.producer(value); maker.valid()) return called(graph[maker]);
  const auto& users = uses_.users(value);
  return users.empty() ? "constant" : called(graph[users[0]]) + "/constant";
}

Status LayerWriter::write_outputs(Description& description) {
  const Graph& graph = model_.graph;
  const bool classifier = !model_.labels.empty();
  for (std::size_t i = 0; i < graph.outputs.size(); ++i) {
    const std::string& name = classifier ? description.outputs[i + 1].name : description.outputs[i].name;
    PAW_ASSIGN_OR_RETURN(const Blob blob, form(graph.outputs[i], true));
    if (blob.name != name) add(name, {blob}).mutable_activation()->mutable_linear()->set_alpha(1);
  }
  if (!classifier) return {};
  const auto elements = static_cast<std::size_t>(graph.type(graph.outputs[0]).shape.elements());
  if (elements == model_.labels.size()) return {};
  return fail(
      ErrorCode::kUnsupported, "model",
      "has " + std::to_string(model_.labels.size()) + " labels for scores " + graph.type(graph.outputs[0]).text());
}

std::unexpected<Error> LayerWriter::refuse(std::string_view message, std::string_view hint) const {
  const OpCall call{*node_->op, node_->attrs, {}, node_->source};
  return call.error(message, hint);
}

}  // namespace paw::coreml
