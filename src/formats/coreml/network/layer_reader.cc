#include "formats/coreml/network/layer_reader.h"

#include <algorithm>

#include "coreml/network.pb.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/weights.h"
#include "host/text.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml {

namespace {

constexpr int kMaxLayers = 100'000;
constexpr std::uint64_t kMaxUnpacked = std::uint64_t{32} << 20;  // numbers of quantised weights in one file

struct LayerName {
  std::uint32_t number;
  std::string_view name;
};
constexpr LayerName kNames[] = {
#define PAW_LAYER(number, name) {number, name},
#include "formats/coreml/network/layer_names.inc"
#undef PAW_LAYER
};

// The kind of a layer that our schema does not have: the number of its field, which is written behind the known ones.
std::string unknown_kind(const schema::Layer& layer) {
  const std::string bytes = layer.SerializeAsString();
  std::size_t at = 0;
  const auto varint = [&] {
    std::uint64_t value = 0;
    for (int shift = 0; at < bytes.size() && shift < 63; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(bytes[at++]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) break;
    }
    return value;
  };
  while (at < bytes.size()) {
    const std::uint64_t tag = varint(), size = varint();
    const auto* found = std::ranges::find(kNames, tag >> 3, &LayerName::number);
    if (found != std::end(kNames)) return "a " + std::string(found->name) + " layer";
    if (tag >> 3 >= 100) return "of unknown kind " + std::to_string(tag >> 3);
    if ((tag & 7) == 2) at += static_cast<std::size_t>(std::min<std::uint64_t>(size, bytes.size() - at));
  }
  return "of no kind";
}

}  // namespace

std::unexpected<Error> LayerReader::refuse(std::string_view message) const {
  const std::string layer = layer_ == nullptr ? "" : ": layer '" + printable(layer_->name()) + "'";
  return fail(ErrorCode::kUnsupported, where_ + layer, message);
}

int LayerReader::input_count() const { return layer_->inputs_size(); }

Result<NetworkValue> LayerReader::value(int i) const {
  if (i >= layer_->inputs_size()) return refuse("has " + std::to_string(layer_->inputs_size()) + " inputs");
  const auto found = known_.find(layer_->inputs(i));
  if (found == known_.end())
    return refuse("reads '" + printable(layer_->inputs(i)) + "', which nothing before it computes");
  return found->second;
}

Result<Shape> LayerReader::shape(int i) const {
  PAW_ASSIGN_OR_RETURN(const NetworkValue found, value(i));
  return shape(found);
}

ValueId LayerReader::in_order(const NetworkValue& value, const AxisOrder& order) {
  if (value.order == order) return value.value;
  std::vector<int> axes;
  for (int j = 0; j < order.rank(); ++j) axes.push_back(value.order[order.file_axis(j)]);
  const auto [at, fresh] = transposed_.try_emplace({value.value.index, axes});
  if (!fresh) return at->second;
  if (builder_.graph().is_constant(value.value)) {
    return at->second = builder_.constant(permuted(builder_.graph().tensor(value.value), axes));
  }
  const Shape moved = permuted(builder_.shape(value.value), axes);
  // A reshape can say it all at once (tidy.h).
  if (reshapes_.contains(value.value.index) && AxisOrder(axes).moves_nothing(builder_.shape(value.value))) {
    return at->second = call(op::reshape, {value.value}, ShapeAttrs{{moved.extents().begin(), moved.extents().end()}});
  }
  return at->second = call(op::transpose, {value.value}, TransposeAttrs{{axes.begin(), axes.end()}});
}

Result<ValueId> LayerReader::in(int i, const AxisOrder& order) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue found, value(i));
  if (found.order.rank() != order.rank()) {
    return refuse("its input has " + std::to_string(found.order.rank()) + " axes, not " + std::to_string(order.rank()));
  }
  return in_order(found, order);
}

Result<ValueId> LayerReader::plain(int i) {
  PAW_ASSIGN_OR_RETURN(const NetworkValue found, value(i));
  return in_order(found, AxisOrder(found.order.rank()));
}

Result<ValueId> LayerReader::weights(const schema::Weights& message, const Shape& shape, std::span<const int> axes,
                                     std::optional<Shape> reshaped) {
  weight_bytes_ += message.ByteSizeLong();
  if (message.has_quantization()) unpacked_ += static_cast<std::uint64_t>(shape.elements());
  if (unpacked_ > kMaxUnpacked) return refuse("more than 32 million quantised numbers are not supported");
  PAW_ASSIGN_OR_RETURN(LayerWeights stored, read_weights(message, shape, refuse({}).error().where));
  Tensor tensor = permuted(stored.tensor, axes);
  if (stored.encoding && stored.encoding->group != 0) {
    stored.encoding->axis = AxisOrder(axes).file_axis(stored.encoding->axis);
  }
  if (reshaped) {
    if (tensor.type.quant) tensor = tensor_from_real({DType::kF32, tensor.type.shape}, real_values(tensor));
    tensor.type.shape = *reshaped;
    stored.encoding.reset();
  }
  const bool half = tensor.type.dtype == DType::kF16, quantised = tensor.type.quant != nullptr;
  const ValueId constant = builder_.constant(std::move(tensor));
  if (stored.encoding && constant.valid()) encodings_.emplace_back(constant, *stored.encoding);
  if (half) return call(op::cast, {constant}, DtypeAttrs{DType::kF32});
  return quantised ? call(op::dequantize, {constant}, DtypeAttrs{DType::kF32}) : constant;
}

Result<int> LayerReader::axis(std::int64_t axis, int rank) const {
  const std::int64_t at = axis < 0 ? axis + rank : axis;
  if (at < 0 || at >= rank)
    return refuse("axis " + std::to_string(axis) + " lies outside its " + std::to_string(rank) + " axes");
  return static_cast<int>(at);
}

Result<std::vector<std::int64_t>> LayerReader::integers(const std::string& packed, std::string_view what) const {
  auto values = unpack_integers(packed);
  if (!values) return refuse("its " + std::string(what) + " is damaged");
  return *std::move(values);
}

Result<std::vector<std::int64_t>> LayerReader::axes(const std::string& packed, int rank) const {
  PAW_ASSIGN_OR_RETURN(std::vector<std::int64_t> stated, integers(packed, "list of axes"));
  if (stated.size() > static_cast<std::size_t>(rank)) return refuse("names more axes than there are");
  for (std::int64_t& one : stated) {
    PAW_ASSIGN_OR_RETURN(one, axis(one, rank));
  }
  return stated;
}

ValueId LayerReader::call(const OpDef& op, std::initializer_list<ValueId> inputs, Attrs attrs) {
  std::span<const ValueId> given(inputs.begin(), inputs.size());
  // Absent at the end: left out.
  while (given.size() > 1 && !given.back().valid()) given = given.first(given.size() - 1);
  return call(op, given, std::move(attrs));
}

ValueId LayerReader::call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs) {
  const ValueId y = builder_.call(op, inputs, std::move(attrs), {{}, layer_ == nullptr ? "" : layer_->name(), nullptr});
  if (&op == &op::reshape && y.valid()) reshapes_.insert(y.index);
  return y;
}

Status LayerReader::result(ValueId value, const AxisOrder& order, bool constant) {
  if (builder_.error()) return refuse(builder_.error()->message);
  if (layer_->outputs_size() != 1) return refuse("has " + std::to_string(layer_->outputs_size()) + " outputs, not one");
  if (!known_.emplace(layer_->outputs(0), NetworkValue{value, order, constant}).second) {
    return refuse("its output '" + printable(layer_->outputs(0)) + "' is computed twice");
  }
  return {};
}

Status LayerReader::read_preprocessing(const NetworkParts& parts, const Description& description) {
  if (parts.preprocessing.size() == 0) return {};
  const bool photo = description.inputs.size() == 1 && description.inputs[0].kind == Feature::Kind::kImage;
  if (!photo || parts.preprocessing.size() != 1)
    return refuse("preprocessing of anything but one image is not supported");
  const Feature& image = description.inputs[0];
  const schema::Preprocessing& message = parts.preprocessing.Get(0);
  if (!message.feature().empty() && message.feature() != image.name)
    return refuse("its preprocessing is for an input that does not exist");
  if (!message.has_scaler()) return refuse("subtracting a mean image is not supported");
  const schema::Preprocessing::Scaler& s = message.scaler();
  pixels_.scale.fill(meant(s.scale()));
  switch (image.color) {
    case ColorOrder::kGray: pixels_.bias.fill(meant(s.gray())); break;
    case ColorOrder::kRgb: pixels_.bias = {meant(s.red()), meant(s.green()), meant(s.blue())}; break;
    case ColorOrder::kBgr: pixels_.bias = {meant(s.blue()), meant(s.green()), meant(s.red())}; break;
  }
  return {};
}

Status LayerReader::read_inputs(const NetworkParts& parts, const Description& description) {
  for (const Feature& feature : description.inputs) {
    const std::string where = "input '" + printable(feature.name) + "' ";
    std::vector<std::int64_t> extents = feature.shape;
    if (feature.kind == Feature::Kind::kImage) {
      extents = {1, feature.color == ColorOrder::kGray ? 1 : 3, feature.height, feature.width};
    } else if (feature.kind != Feature::Kind::kArray) {
      return refuse(where + "is neither an image nor an array");
    }
    const auto shape = Shape::checked(extents);
    if (!shape || shape->rank() == 0) return refuse(where + "has no shape, or one that is not supported");
    const AxisOrder order = AxisOrder::home(shape->rank());
    const ValueId value = builder_.input(feature.name, {DType::kF32, order.to_graph(*shape)});
    if (builder_.error()) return refuse(where + builder_.error()->message);
    const bool old = feature.kind == Feature::Kind::kArray && !parts.exact_arrays;
    if (!old || shape->rank() == 4) {
      known_.emplace(feature.name, NetworkValue{value, order});
      continue;
    }
    // [C] and [C,H,W] of old files.
    if (shape->rank() != 1 && shape->rank() != 3)
      return refuse(where + "has " + std::to_string(shape->rank()) + " axes; 1 and 3 are supported");
    const Shape image =
        shape->rank() == 1 ? Shape{1, (*shape)[0], 1, 1} : Shape{1, (*shape)[0], (*shape)[1], (*shape)[2]};
    const ValueId whole = call(op::reshape, {value}, ShapeAttrs{{image.extents().begin(), image.extents().end()}});
    known_.emplace(feature.name, NetworkValue{whole, AxisOrder(4)});
  }
  return {};
}

Status LayerReader::read_layer(const schema::Layer& layer) {
  layer_ = &layer;
  const auto rules = layer_read_rules();
  const auto rule = std::ranges::find(rules, static_cast<int>(layer.kind_case()), &LayerReadRule::kind);
  if (rule == rules.end()) return refuse("is " + unknown_kind(layer) + ", which is not supported");
  return rule->read(*this);
}

Status LayerReader::add_output(const std::string& name, bool scores) {
  const auto found = known_.find(name);
  if (found == known_.end()) return refuse("nothing computes the output '" + printable(name) + "'");
  ValueId value = in_order(found->second, AxisOrder::home(found->second.order.rank()));
  const Shape shape = builder_.shape(value);
  // Scores are one row of numbers.
  if (scores && shape.rank() != 2) value = call(op::reshape, {value}, ShapeAttrs{{1, shape.elements()}});
  builder_.output(value);
  output_names_.push_back(name);
  return {};
}

Status LayerReader::run(const NetworkParts& parts, const std::string& probabilities, bool classifier,
                        const Description& description) {
  if (parts.layers.size() == 0) return refuse("has no layers");
  if (parts.layers.size() > kMaxLayers) return refuse("has too many layers");
  PAW_RETURN_IF_ERROR(read_preprocessing(parts, description));
  PAW_RETURN_IF_ERROR(read_inputs(parts, description));
  for (const schema::Layer& layer : parts.layers) PAW_RETURN_IF_ERROR(read_layer(layer));
  layer_ = nullptr;
  if (classifier) {
    const schema::Layer& last = parts.layers.Get(parts.layers.size() - 1);
    PAW_RETURN_IF_ERROR(
        add_output(probabilities.empty() && last.outputs_size() > 0 ? last.outputs(0) : probabilities, true));
  }
  for (const Feature& feature : description.outputs) {
    if (classifier && feature.kind != Feature::Kind::kArray) continue;  // label and probabilities
    if (feature.kind != Feature::Kind::kArray) return refuse("output '" + printable(feature.name) + "' is no array");
    PAW_RETURN_IF_ERROR(add_output(feature.name, false));
  }
  return finish();
}

Status LayerReader::finish() {
  auto graph = builder_.finish();
  if (!graph) return refuse(graph.error().message);
  graph_ = std::move(*graph);
  for (std::size_t i = 0; i < output_names_.size(); ++i) {
    Value& value = graph_[graph_.outputs[i]];
    if (value.name.empty() && !graph_.find(output_names_[i]).valid()) value.name = output_names_[i];
  }
  for (const auto& [constant, encoding] : encodings_) graph_[constant].encoding = encoding;
  return {};
}

}  // namespace paw::coreml
