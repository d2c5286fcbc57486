#include "formats/coreml/program/program_reader.h"

#include <algorithm>

#include "coreml/mil.pb.h"
#include "formats/coreml/program/op_reader.h"
#include "formats/coreml/refuse.h"
#include "host/text.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml {

namespace {

constexpr std::size_t kMaxOperations = 100'000;

struct Opset {
  std::string_view name;
  int version;  // of the file that it needs
};
constexpr Opset kOpsets[] = {{"CoreML5", 6}, {"CoreML6", 7}, {"CoreML7", 8}, {"CoreML8", 9}, {"CoreML9", 10}};

std::vector<std::int64_t> wide(std::span<const int> values) { return {values.begin(), values.end()}; }

bool is_half_or_float(MilType type) { return type == MilType::kF16 || type == MilType::kF32; }

}  // namespace

std::string ProgramReader::where(const schema::Operation& op) const {
  const std::string name = op.outputs_size() > 0 ? op.outputs(0).name() : "";
  return where_ + ": " + printable(op.type()) + " '" + printable(name) + "'";
}

const ProgramValue* ProgramReader::find(const std::string& name) const {
  const auto found = known_.find(name);
  return found == known_.end() ? nullptr : &found->second;
}

Shape ProgramReader::file_shape(const ProgramValue& value) const {
  if (value.constant) return value.constant->type.shape;
  return value.order.to_file(builder_.shape(value.value));
}

// Then a transpose that moves nothing is better said in the reshape itself (tidy.h).
bool ProgramReader::made_by_reshape(ValueId value) {
  const auto& nodes = builder_.graph().nodes;
  for (; looked_at_ < nodes.size(); ++looked_at_) {
    if (nodes[looked_at_].op == &op::reshape) reshapes_.insert(nodes[looked_at_].outputs[0].index);
  }
  return reshapes_.contains(value.index);
}

ValueId ProgramReader::in_order(const ProgramValue& value, const AxisOrder& order) {
  if (value.constant) {
    std::vector<int> axes;
    for (int i = 0; i < order.rank(); ++i) axes.push_back(order.file_axis(i));
    return graph_constant(value, axes);
  }
  if (value.order == order) return value.value;
  // The graph's new axis j is the file's axis that `order` puts there, which is now axis value.order[that].
  std::vector<int> axes;
  for (int j = 0; j < order.rank(); ++j) axes.push_back(value.order[order.file_axis(j)]);
  const auto [at, fresh] = transposed_.try_emplace({value.value.index, axes});
  if (!fresh) return at->second;
  const Shape shape = builder_.shape(value.value);
  if (made_by_reshape(value.value) && AxisOrder(axes).moves_nothing(shape)) {
    const Shape moved = permuted(shape, axes);
    return at->second =
               builder_.call(op::reshape, {value.value}, ShapeAttrs{{moved.extents().begin(), moved.extents().end()}},
                             {{}, value.name, {}});
  }
  at->second = builder_.call(op::transpose, {value.value}, TransposeAttrs{wide(axes)}, {{}, value.name, {}});
  return at->second;
}

ValueId ProgramReader::graph_constant(const ProgramValue& value, std::span<const int> axes,
                                      std::optional<Shape> shape) {
  std::string key = value.name + (shape ? shape->text() : "");
  for (const int axis : axes) key += "," + std::to_string(axis);
  const auto [at, fresh] = constants_.try_emplace(std::move(key));
  if (fresh) at->second = stored_constant(*value.constant, axes, shape, value.name);
  return at->second;
}

namespace {

// Scales per block in the graph's order as the graph has them: per tensor, per channel, or along the last axis.
// nullptr: none of these.
std::shared_ptr<const QuantParams> graph_quant(const FileConstant& c, const Shape& shape, std::span<const int> axes) {
  const Tensor scale = permuted(Tensor::of<float>({DType::kF32, c.blocks}, c.scale), axes);
  const Tensor zero = permuted(Tensor::of<std::int32_t>({DType::kI32, c.blocks}, c.zero_point), axes);
  const Shape& blocks = scale.type.shape;
  QuantParams q;
  const auto scales = scale.as<float>();
  const auto zeros = zero.as<std::int32_t>();
  int wide_axes = 0;
  for (int axis = 0; axis < blocks.rank(); ++axis) {
    if (blocks[axis] == 1) continue;
    ++wide_axes;
    if (blocks[axis] == shape[axis]) q.axis = axis;
  }
  if (wide_axes == 0 || (wide_axes == 1 && q.axis >= 0)) {
    q.scale.assign(scales.begin(), scales.end());
    q.zero_point.assign(zeros.begin(), zeros.end());
    return std::make_shared<const QuantParams>(std::move(q));
  }
  // Blocks along the last axis, with scales for every index of the others.
  Shape full = shape;
  full[full.rank() - 1] = blocks.back();
  for (int axis = 0; axis + 1 < blocks.rank(); ++axis) {
    if (blocks[axis] != 1 && blocks[axis] != shape[axis]) return nullptr;
  }
  q.axis = -1;
  q.block = static_cast<std::int32_t>(shape.back() / blocks.back());
  const BlockIndex index(full, blocks);
  for (std::int64_t i = 0; i < full.elements(); ++i) {
    q.scale.push_back(scales[index(i)]);
    q.zero_point.push_back(zeros[index(i)]);
  }
  return std::make_shared<const QuantParams>(std::move(q));
}

// The constant with its axes in the graph's order, stored as in the file where the graph can say so.
std::pair<Tensor, std::optional<Encoding>> arranged(const FileValue& value, std::span<const int> axes) {
  const FileConstant& c = value.numbers;
  std::optional<Encoding> encoding = c.encoding;
  if (encoding && encoding->group != 0) encoding->axis = AxisOrder(axes).file_axis(encoding->axis);
  if (c.blocks.rank() == 0) return {permuted(c.tensor, axes), encoding};
  Tensor tensor = permuted({{c.tensor.type.dtype, c.tensor.type.shape}, c.tensor.data}, axes);
  tensor.type.quant = graph_quant(c, tensor.type.shape, axes);
  if (tensor.type.quant) return {std::move(tensor), encoding};
  const Tensor real = tensor_from_stored({DType::kF32, c.tensor.type.shape}, value.reals());
  return {permuted(real, axes), std::nullopt};
}

}  // namespace

ValueId ProgramReader::stored_constant(const FileValue& value, std::span<const int> axes, std::optional<Shape> shape,
                                       const std::string& name) {
  auto [tensor, encoding] = arranged(value, axes);
  if (shape) {
    if (tensor.type.quant) tensor = tensor_from_real({DType::kF32, tensor.type.shape}, real_values(tensor));
    tensor.type.shape = *shape;
    encoding.reset();
  }
  const bool half = tensor.type.dtype == DType::kF16;
  if ((half && !value.blob) || tensor.type.dtype == DType::kF64) {
    tensor = tensor_from_real({DType::kF32, tensor.type.shape}, real_values(tensor));
  }
  const bool cast = tensor.type.dtype == DType::kF16, quantised = tensor.type.quant != nullptr;
  const ValueId constant = builder_.constant(std::move(tensor));
  if (encoding && constant.valid()) encodings_.emplace_back(constant, *encoding);
  if (cast) return builder_.call(op::cast, {constant}, DtypeAttrs{DType::kF32}, {{}, name, {}});
  if (quantised) return builder_.call(op::dequantize, {constant}, DtypeAttrs{DType::kF32}, {{}, name, {}});
  return constant;
}

Status ProgramReader::define(const schema::Operation& op, int result, ValueId value, const AxisOrder& order) {
  if (builder_.error()) {
    Error error = *builder_.error();
    error.where = where(op) + ": " + error.where;
    error.code = ErrorCode::kUnsupported;
    return std::unexpected(std::move(error));
  }
  if (result >= op.outputs_size()) return refuse(where(op), "lacks a result");
  const schema::NamedType& stated = op.outputs(result);
  PAW_ASSIGN_OR_RETURN(const FileType type, read_type(stated.type(), where(op)));
  ProgramValue entry{.value = value, .order = order, .constant = nullptr, .name = stated.name()};
  const Shape computed = file_shape(entry);
  const TensorType graph_is = builder_.type(value);
  const bool right_type =
      is_float(graph_is.dtype) ? is_half_or_float(type.type) : graph_type(type.type) == graph_is.dtype;
  if (!right_type || !(computed == type.shape)) {
    return refuse(where(op), "computes " + graph_is.text() + ", in the file's order " + computed.text() +
                                 ", but states " + type.text());
  }
  half_ = half_ || type.type == MilType::kF16;
  if (!known_.emplace(stated.name(), std::move(entry)).second) return refuse(where(op), "defines a name that is taken");
  return {};
}

Status ProgramReader::read_inputs(const schema::Program& program, const Description& description) {
  const schema::MilFunction& function = program.functions().begin()->second;
  if (static_cast<std::size_t>(function.inputs_size()) != description.inputs.size()) {
    return refuse(where_, "the program has " + std::to_string(function.inputs_size()) + " inputs, the description " +
                              std::to_string(description.inputs.size()));
  }
  for (const Feature& feature : description.inputs) {
    const auto found = std::ranges::find(function.inputs(), feature.name, &schema::NamedType::name);
    const std::string where = where_ + ": input '" + printable(feature.name) + "'";
    if (found == function.inputs().end()) return refuse(where, "the program does not have it");
    PAW_ASSIGN_OR_RETURN(const FileType type, read_type(found->type(), where));
    const bool image = feature.kind == Feature::Kind::kImage;
    if (image) {
      const std::int64_t channels = feature.color == ColorOrder::kGray ? 1 : 3;
      if (!(type == FileType{MilType::kF32, {1, channels, feature.height, feature.width}})) {
        return refuse(where, "the image goes into " + type.text() + ", not fp32[1," + std::to_string(channels) + "," +
                                 std::to_string(feature.height) + "," + std::to_string(feature.width) + "]");
      }
    } else if (feature.kind != Feature::Kind::kArray || !std::ranges::equal(feature.shape, type.shape.extents())) {
      return refuse(where, "the description and the program, " + type.text() + ", contradict each other");
    } else if (!is_half_or_float(type.type) && type.type != MilType::kI32) {
      return refuse(where, "inputs of " + type.text() + " are not supported");
    }
    const AxisOrder order = AxisOrder::home(type.shape.rank());
    const DType dtype = type.type == MilType::kI32 ? DType::kI32 : DType::kF32;
    const ValueId value = builder_.input(feature.name, {dtype, order.to_graph(type.shape)});
    if (builder_.error()) return std::unexpected(*builder_.error());
    known_.emplace(feature.name, ProgramValue{value, order, nullptr, feature.name});
  }
  return {};
}

Status ProgramReader::read_constants(const schema::Operation& op) {
  std::vector<FileValue> values;
  if (op.type() == "const") {
    const auto found = op.attributes().find("val");
    if (found == op.attributes().end() || op.inputs_size() != 0) return refuse(where(op), "has no value");
    PAW_ASSIGN_OR_RETURN(FileValue value, values_.read(found->second, where(op)));
    values.push_back(std::move(value));
  } else {
    const auto lookup = [&](const std::string& name) -> const FileValue* {
      const ProgramValue* known = find(name);
      return known != nullptr ? known->constant.get() : nullptr;
    };
    PAW_ASSIGN_OR_RETURN(values, values_.constexpr_op(op, lookup, where(op)));
  }
  if (values.size() != static_cast<std::size_t>(op.outputs_size()))
    return refuse(where(op), "has the wrong number of results");
  for (int i = 0; i < op.outputs_size(); ++i) {
    FileValue& value = values[static_cast<std::size_t>(i)];
    const schema::NamedType& stated = op.outputs(i);
    if (!value.list) {
      PAW_ASSIGN_OR_RETURN(const FileType type, read_type(stated.type(), where(op)));
      if (!(type == value.type)) return refuse(where(op), "is " + value.type.text() + ", but states " + type.text());
    }
    ProgramValue entry{.constant = std::make_shared<const FileValue>(std::move(value)), .name = stated.name()};
    entry.order = AxisOrder(entry.constant->type.shape.rank());
    if (!known_.emplace(stated.name(), std::move(entry)).second)
      return refuse(where(op), "defines a name that is taken");
  }
  return {};
}

Status ProgramReader::read_classify(const schema::Operation& op) {
  const auto probabilities = op.inputs().find("probabilities"), classes = op.inputs().find("classes");
  if (probabilities == op.inputs().end() || classes == op.inputs().end() ||
      probabilities->second.bindings_size() != 1 || classes->second.bindings_size() != 1 || op.outputs_size() != 2) {
    return refuse(where(op), "needs probabilities, classes and two results");
  }
  const ProgramValue* scores = find(probabilities->second.bindings(0).name());
  if (scores == nullptr || scores->constant) return refuse(where(op), "has no probabilities");
  const schema::Argument::Binding& binding = classes->second.bindings(0);
  if (!binding.has_value()) return refuse(where(op), "has its classes somewhere else than in itself");
  PAW_ASSIGN_OR_RETURN(const FileValue list, values_.read(binding.value(), where(op)));
  const std::int64_t elements = file_shape(*scores).elements();
  if (!list.is_text() || static_cast<std::int64_t>(list.texts.size()) != elements) {
    return refuse(where(op), "has " + std::to_string(list.texts.size()) + " labels for " + std::to_string(elements) +
                                 " probabilities");
  }
  labels_ = list.texts;
  label_name_ = op.outputs(0).name();
  probabilities_name_ = op.outputs(1).name();
  probabilities_ = *scores;
  finished_ = true;
  return {};
}

Status ProgramReader::read_operation(const schema::Operation& op) {
  if (finished_) return refuse(where(op), "stands behind classify, which must be the last op");
  if (op.blocks_size() != 0) return refuse(where(op), "control flow is not supported");
  if (op.type() == "const" || op.type().starts_with("constexpr_")) return read_constants(op);
  if (op.type() == "classify") return read_classify(op);
  const auto rules = program_read_rules();
  const auto rule = std::ranges::find(rules, op.type(), &ProgramReadRule::type);
  if (rule == rules.end()) return refuse(where(op), "this op is not supported");
  if (op.outputs_size() != 1)
    return refuse(where(op), "has " + std::to_string(op.outputs_size()) + " results, not one");
  OpReader reader(*this, op);
  return rule->read(reader);
}

Status ProgramReader::read_block(const schema::Block& block) {
  if (block.inputs_size() != 0) return refuse(where_, "the block has inputs of its own, which is not supported");
  if (static_cast<std::size_t>(block.operations_size()) > kMaxOperations)
    return refuse(where_, "has too many operations");
  for (const schema::Operation& op : block.operations()) PAW_RETURN_IF_ERROR(read_operation(op));
  return {};
}

Status ProgramReader::read_outputs(const schema::Block& block, const Description& description) {
  if (static_cast<std::size_t>(block.outputs_size()) != description.outputs.size()) {
    return refuse(where_, "the program has " + std::to_string(block.outputs_size()) + " outputs, the description " +
                              std::to_string(description.outputs.size()));
  }
  const auto add = [&](const ProgramValue& value) {
    const AxisOrder order = AxisOrder::home(file_shape(value).rank());
    builder_.output(in_order(value, order));
  };
  if (finished_) {
    const bool named =
        description.predicted_feature == label_name_ &&
        (description.predicted_probabilities.empty() || description.predicted_probabilities == probabilities_name_);
    if (!named) return refuse(where_, "the description does not name the results of classify as its prediction");
    add(probabilities_);
    output_names_.push_back(probabilities_name_);
  } else if (!description.predicted_feature.empty()) {
    return refuse(where_, "is described as a classifier, but has no classify op");
  }
  for (const Feature& feature : description.outputs) {
    if (std::ranges::find(block.outputs(), feature.name) == block.outputs().end()) {
      return refuse(where_, "the program has no output '" + printable(feature.name) + "'");
    }
    if (finished_ && (feature.name == label_name_ || feature.name == probabilities_name_)) continue;
    const ProgramValue* value = find(feature.name);
    if (value == nullptr) return refuse(where_, "nothing computes the output '" + printable(feature.name) + "'");
    if (value->constant && value->constant->is_text()) return refuse(where_, "an output is a text");
    add(*value);
    output_names_.push_back(feature.name);
  }
  return {};
}

Status ProgramReader::run(const schema::Program& program, int version, const Description& description) {
  if (program.version() != 1)
    return refuse(where_, "has program version " + std::to_string(program.version()) + ", not 1");
  if (program.functions_size() != 1)
    return refuse(where_, "has " + std::to_string(program.functions_size()) + " functions; one is supported");
  const schema::MilFunction& function = program.functions().begin()->second;
  const auto* opset = std::ranges::find(kOpsets, function.opset(), &Opset::name);
  if (opset == std::end(kOpsets))
    return refuse(where_, "its opset '" + printable(function.opset()) + "' is not supported");
  if (opset->version > version) {
    return refuse(where_, "its opset " + function.opset() + " needs version " + std::to_string(opset->version) +
                              ", the file says " + std::to_string(version));
  }
  const auto block = function.blocks().find(function.opset());
  if (block == function.blocks().end()) return refuse(where_, "has no block for its opset");
  PAW_RETURN_IF_ERROR(read_inputs(program, description));
  PAW_RETURN_IF_ERROR(read_block(block->second));
  PAW_RETURN_IF_ERROR(read_outputs(block->second, description));
  auto graph = builder_.finish();
  if (!graph) {
    Error error = std::move(graph).error();
    return fail(ErrorCode::kUnsupported, where_ + ": " + error.where, error.message, error.hint);
  }
  graph_ = std::move(*graph);
  return name_values();
}

// Outputs get the file's names, constants their encodings.
Status ProgramReader::name_values() {
  for (std::size_t i = 0; i < output_names_.size(); ++i) {
    Value& value = graph_[graph_.outputs[i]];
    if (value.name.empty() && !graph_.find(output_names_[i]).valid()) value.name = output_names_[i];
  }
  for (const auto& [constant, encoding] : encodings_) graph_[constant].encoding = encoding;
  return {};
}

}  // namespace paw::coreml
