#include "formats/tflite/graph_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/tflite/operator_names.h"
#include "formats/tflite/reader.h"
#include "formats/tflite/types.h"
#include "ir/names.h"
#include "ir/verify.h"

namespace paw::tflite {

namespace {

constexpr std::int64_t kMaxFolded = 4096;  // elements
constexpr std::size_t kMaxNotes = 20;
constexpr std::size_t kNodeBytes = 512;  // about what a node and its value take

bool is_plain_integer(const TensorType& type) { return !type.is_real() && type.shape.elements() <= kMaxFolded; }

// Axes, shapes and paddings became attributes.
void drop_unread_constants(Graph& graph) {
  const Uses uses(graph);
  std::vector<ValueId> moved(graph.values.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const ValueId id(i);
    if (graph.is_constant(id) && uses.users(id).empty() && !uses.is_output(id)) continue;
    moved[i] = ValueId(kept);
    if (kept != i) graph.values[kept] = std::move(graph.values[i]);
    ++kept;
  }
  graph.values.resize(kept);
  const auto move_all = [&](std::vector<ValueId>& ids) {
    for (ValueId& id : ids) id = id.valid() ? moved[id.index] : id;
  };
  for (Node& node : graph.nodes) {
    move_all(node.inputs);
    move_all(node.outputs);
  }
  move_all(graph.inputs);
  move_all(graph.outputs);
}

}  // namespace

Result<Graph> GraphReader::run() {
  values_.resize(file_.tensors.size());
  for (const std::int32_t input : file_.inputs) {
    PAW_ASSIGN_OR_RETURN(TensorType type, type_of(file_, input));
    values_[static_cast<std::size_t>(input)] = builder_.input(free_name(input), std::move(type));
  }
  // Outputs keep their names, whoever else has the same.
  for (const FileOperator& op : file_.operators) PAW_RETURN_IF_ERROR(read_operator(op));
  for (const std::int32_t output : file_.outputs) {
    PAW_ASSIGN_OR_RETURN(const ValueId id, value(output));
    builder_.output(id);
  }
  if (other_shapes_ > 0) {
    note(fmt::format("{} tensors have another shape than the file states.", other_shapes_));
  }
  Result<Graph> graph = builder_.finish();
  if (!graph) return wrapped(graph.error());
  for (const auto& [id, encoding] : encodings_) (*graph)[id].encoding = encoding;
  drop_unread_constants(*graph);
  return graph;
}

Status GraphReader::read_operator(const FileOperator& op) {
  const OpReading* reading = find_reading(op.code);
  if (reading == nullptr) {
    return file_.error(op.name, fmt::format("is not read: paw knows no op like {}", operator_name(op.code)));
  }
  const auto count = static_cast<int>(op.inputs.size());
  if (count < reading->min_inputs || count > reading->max_inputs) {
    return file_.error(op.name, fmt::format("has {} inputs", count));
  }
  if (op.outputs.size() != 1) return file_.error(op.name, fmt::format("has {} outputs", op.outputs.size()));
  for (std::size_t i = 0; i < std::min(op.inputs.size(), static_cast<std::size_t>(reading->required)); ++i) {
    if (op.inputs[i] == kAbsent) return file_.error(op.name, fmt::format("lacks input {}", i));
  }
  OpReader reader(*this, op);
  return reading->read(reader);
}

Result<ValueId> GraphReader::value(std::int32_t tensor) {
  ValueId& known = values_[static_cast<std::size_t>(tensor)];
  if (known.valid()) return known;
  PAW_ASSIGN_OR_RETURN(ReadTensor read, read_tensor(file_, tensor, held_));
  if (!read.data) return file_.error(file_.label(tensor), "is read before anything makes it");
  known = builder_.constant({std::move(read.type), std::move(*read.data)}, free_name(tensor));
  if (read.encoding) encodings_.emplace_back(known, *read.encoding);
  return known;
}

Result<ValueId> GraphReader::constant(const Tensor& tensor, std::string name) {
  PAW_RETURN_IF_ERROR(file_.hold(tensor.data.size() + kNodeBytes, held_, name));
  return builder_.constant(tensor, std::move(name));
}

std::optional<Tensor> GraphReader::fold(const OpDef& op, std::span<const ValueId> inputs, const Attrs& attrs) const {
  const Graph& graph = builder_.graph();
  std::vector<const TensorType*> types;
  std::vector<RefTensor> operands;
  for (const ValueId input : inputs) {
    if (!input.valid() || !graph.is_constant(input) || !is_plain_integer(graph.type(input))) return std::nullopt;
    types.push_back(&graph.type(input));
    operands.push_back({graph.type(input).shape, stored_values(graph.tensor(input))});
  }
  const auto inferred = infer_types(op, attrs, types, "");
  if (!inferred || inferred->size() != 1 || !is_plain_integer((*inferred)[0])) return std::nullopt;
  const TensorType& type = (*inferred)[0];
  RefTensor out{type.shape, std::vector<double>(static_cast<std::size_t>(type.shape.elements()))};
  std::vector<const RefTensor*> pointers;
  for (const RefTensor& operand : operands) pointers.push_back(&operand);
  const OpCall call{op, attrs, types, ""};
  op.reference({call, pointers, std::span(&out, 1)});
  return tensor_from_stored(type, out.data);
}

Result<ValueId> GraphReader::call(const OpDef& op, std::span<const ValueId> inputs, Attrs attrs,
                                  const FileOperator& from, std::shared_ptr<const QuantParams> quant,
                                  std::string name) {
  if (attrs.empty() && op.default_attrs != nullptr) attrs = op.default_attrs();
  if (!quant) {
    if (const std::optional<Tensor> known = fold(op, inputs, attrs)) return constant(*known, std::move(name));
  }
  const std::string& made = file_.tensors[static_cast<std::size_t>(from.outputs[0])].name;
  PAW_RETURN_IF_ERROR(file_.hold(kNodeBytes + made.size() + inputs.size_bytes(), held_, from.name));
  const ValueId id = builder_.call(op, inputs, std::move(attrs), {std::move(name), made, std::move(quant)});
  if (builder_.error()) return wrapped(*builder_.error());
  return id;
}

Status GraphReader::bind(std::int32_t tensor, ValueId value) {
  const TensorType type = builder_.type(value);
  PAW_ASSIGN_OR_RETURN(const TensorType stated, type_of(file_, tensor, type.shape));
  if (!(stated == type)) {
    return file_.error(file_.label(tensor),
                       fmt::format("is stated as {}, but what makes it gives {}", stated.text(), type.text()));
  }
  const FileTensor& in_file = file_.tensors[static_cast<std::size_t>(tensor)];
  if (!in_file.open_shape && !std::ranges::equal(in_file.shape, type.shape.extents())) ++other_shapes_;
  values_[static_cast<std::size_t>(tensor)] = value;
  return {};
}

std::string GraphReader::free_name(std::int32_t tensor) {
  const std::string& name = file_.tensors[static_cast<std::size_t>(tensor)].name;
  if (name.size() > kMaxNameLength || is_reserved_name(name)) return {};
  return names_.insert(name).second ? name : std::string();
}

void GraphReader::note(std::string sentence) {
  if (notes_.size() < kMaxNotes && std::ranges::find(notes_, sentence) == notes_.end()) {
    notes_.push_back(std::move(sentence));
  }
}

std::unexpected<Error> GraphReader::wrapped(const Error& error) const {
  return file_.error(error.where, error.message, error.hint);
}

}  // namespace paw::tflite
