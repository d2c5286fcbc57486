#include "formats/tflite/file_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "formats/tflite/load.h"
#include "formats/tflite/op_table.h"
#include "formats/tflite/operator_names.h"
#include "formats/tflite/runtime_version.h"
#include "formats/tflite/sparse_write.h"
#include "formats/tflite/types.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::size_t kMostBytes = std::size_t{2'000'000'000};  // of constants: offsets are signed 32-bit numbers
constexpr std::size_t kBufferAlignment = 16;
constexpr std::string_view kRuntimeKey = "min_runtime_version";
constexpr std::size_t kRuntimeBytes = 16;
constexpr std::int32_t kFirstWideCode = 127;

std::size_t constant_bytes(const Graph& graph) {
  std::size_t sum = 0;
  for (const Value& value : graph.values) sum += value.constant ? value.constant->size() : 0;
  return sum;
}

std::size_t room_for(const Graph& graph) {
  return std::min(constant_bytes(graph), kMostBytes) + 1024 * (graph.values.size() + 8);
}

bool applies_activations(const OpDef& op) {
  const OpDef* const kOps[] = {&op::conv2d, &op::depthwise_conv2d, &op::fully_connected, &op::add, &op::sub, &op::mul,
                               &op::div,    &op::avg_pool,         &op::max_pool};
  return std::ranges::find(kOps, &op) != std::end(kOps);
}

bool has_weights(const OpDef& op) {
  return &op == &op::conv2d || &op == &op::depthwise_conv2d || &op == &op::fully_connected;
}

schema::Activation activation_of(const Node& node) {
  if (node.op == &op::relu) return schema::Activation::RELU;
  if (node.op == &op::relu6) return schema::Activation::RELU6;
  if (node.op != &op::clamp) return schema::Activation::NONE;
  const auto& a = node.attrs.as<ClampAttrs>();
  return a.min == -1 && a.max == 1 ? schema::Activation::RELU_N1_TO_1 : schema::Activation::NONE;
}

}  // namespace

FileWriter::FileWriter(const Graph& graph, const TfliteOptions& options)
    : graph_(graph),
      options_(options),
      uses_(graph),
      builder_(room_for(graph)),
      value_tensor_(graph.values.size(), kAbsent),
      readable_(graph.values.size(), kAbsent),
      source_of_(graph.values.size()),
      fused_(graph.nodes.size()),
      written_(graph.nodes.size()) {
  for (const Node& node : graph.nodes) {
    for (const ValueId output : node.outputs) source_of_[output.index] = node.source;
  }
  for (const ValueId output : graph.outputs) {
    if (!graph_[output].name.empty()) taken_.insert(graph_[output].name);
  }
}

// An activation goes into the operator before it when nothing else sees what is between them, and both hold the same
// type: then clamping before or after rounding is the same.
void FileWriter::plan_fusion() {
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const Node& node = graph_.nodes[i];
    if (!applies_activations(*node.op) || !uses_.single_use(node.outputs[0])) continue;
    const NodeId next = uses_.users(node.outputs[0])[0];
    if (activation_of(graph_[next]) == schema::Activation::NONE) continue;
    if (!(graph_.type(node.outputs[0]) == graph_.type(graph_[next].outputs[0]))) continue;
    fused_[i] = next;
    written_[next.index] = true;
  }
}

Status FileWriter::write_graph() {
  if (constant_bytes(graph_) > kMostBytes) {
    return fail(ErrorCode::kUnsupported, "tflite", "the constants are larger than 2 GB, which one file cannot hold",
                "store the weights as float16 or as integers");
  }
  buffers_.push_back(schema::CreateBuffer(builder_));  // number 0 means no data
  for (const ValueId input : graph_.inputs) tensor(input);
  plan_fusion();
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    if (!written_[i]) PAW_RETURN_IF_ERROR(write_node(i));
  }
  for (const ValueId output : graph_.outputs) tensor(output);
  return {};
}

Status FileWriter::write_node(std::size_t i) {
  const Node& node = graph_.nodes[i];
  const bool fused = fused_[i].valid();
  const Node& last = fused ? graph_[fused_[i]] : node;
  const schema::Activation activation = fused ? activation_of(last) : schema::Activation::NONE;
  current_ = &node;
  OpWriter writer(*this, node, node.outputs.empty() ? ValueId{} : last.outputs[0], activation);
  const OpSupport* support = find_writing(*node.op);
  if (node.op->has(kTrainOnly)) return writer.refuse("is for training only", "export the model without it");
  if (support == nullptr) {
    const bool folded = node.op == &op::batch_norm || node.op == &op::dropout;
    return writer.refuse("has no operator in TensorFlow Lite", folded ? "write the model in export form" : "");
  }
  PAW_RETURN_IF_ERROR(support->write(writer));
  if (error_) return std::unexpected(*error_);
  return {};
}

std::string FileWriter::name_of(ValueId value) const {
  const std::string& name = graph_[value].name;
  if (!name.empty()) return name;
  if (!source_of_[value.index].empty()) return std::string(source_of_[value.index]);
  const auto& users = uses_.users(value);
  if (!graph_.is_constant(value) || users.empty()) return "value";
  const Node& user = graph_[users[0]];
  const std::string owner = user.source.empty() ? std::string(user.op->name) : user.source;
  if (!has_weights(*user.op) || user.inputs[0] == value) return owner + "/constant";
  return owner + (user.inputs[1] == value ? "/weights" : "/bias");
}

std::string FileWriter::fresh(const std::string& name) {
  std::string out = name;
  while (!taken_.insert(out).second) out = fmt::format("{}:{}", name, ++twins_[name]);
  return out;
}

std::uint32_t FileWriter::buffer(const Bytes& data) {
  const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  auto& same = contents_[std::hash<std::string_view>{}(text)];
  for (const auto& [number, bytes] : same) {
    if (bytes == data) return number;
  }
  builder_.ForceVectorAlignment(data.size(), 1, kBufferAlignment);
  const auto vector = builder_.CreateVector(reinterpret_cast<const std::uint8_t*>(data.data()), data.size());
  const auto number = static_cast<std::uint32_t>(buffers_.size());
  buffers_.push_back(schema::CreateBuffer(builder_, vector));
  same.emplace_back(number, data);
  return number;
}

std::int32_t FileWriter::add_tensor(const TensorType& type, const std::string& name, std::uint32_t number,
                                    flatbuffers::Offset<schema::SparsityParameters> sparsity) {
  const std::span<const std::int64_t> extents = type.shape.extents();
  const auto shape = builder_.CreateVector(std::vector<std::int32_t>(extents.begin(), extents.end()));
  const auto text = builder_.CreateString(name);
  flatbuffers::Offset<schema::QuantizationParameters> quantization;
  if (type.quant) {
    const auto scale = builder_.CreateVector(type.quant->scale);
    quantization =
        schema::CreateQuantizationParameters(builder_, 0, 0, scale, zero_points(*type.quant),
                                             schema::QuantizationDetails::NONE, 0, std::max(type.quant->axis, 0));
  }
  const std::optional<std::int32_t> stored = tensor_type_of(type.dtype);
  tensors_.push_back(schema::CreateTensor(builder_, shape, static_cast<schema::TensorType>(*stored), number, text,
                                          quantization, false, sparsity, 0, true));
  return static_cast<std::int32_t>(tensors_.size() - 1);
}

flatbuffers::Offset<flatbuffers::Vector<std::int64_t>> FileWriter::zero_points(const QuantParams& quant) {
  std::vector<std::int64_t> zeros(quant.zero_point.begin(), quant.zero_point.end());
  auto& offset = zero_points_[zeros];
  if (offset.IsNull()) offset = builder_.CreateVector(zeros);
  return offset;
}

std::int32_t FileWriter::new_tensor(const TensorType& type, const std::string& name, const Bytes* data) {
  return add_tensor(type, fresh(name), data == nullptr ? 0 : buffer(*data), {});
}

std::int32_t FileWriter::tensor(ValueId value) {
  std::int32_t& number = value_tensor_[value.index];
  if (number != kAbsent) return number;
  const Value& in_graph = graph_[value];
  const std::string name = name_of(value);
  const bool kept = uses_.is_output(value) && !in_graph.name.empty();
  number = add_tensor(in_graph.type, kept ? name : fresh(name), in_graph.constant ? buffer(*in_graph.constant) : 0, {});
  return number;
}

// Where integer weights are made by an operator, XNNPACK fails to prepare dense layers and those of float activations,
// and with them the file.
bool FileWriter::must_be_constant(ValueId weights) const {
  if (!is_integer(graph_.type(weights).dtype)) return false;
  return std::ranges::any_of(uses_.users(weights), [&](NodeId id) {
    const Node& node = graph_[id];
    const bool window = node.op == &op::conv2d || node.op == &op::depthwise_conv2d;
    return node.op == &op::fully_connected || (window && is_float(graph_.type(node.inputs[0]).dtype));
  });
}

std::int32_t FileWriter::sparse_tensor(ValueId value) {
  const Value& in_graph = graph_[value];
  if (!in_graph.encoding || in_graph.encoding->kind != Encoding::Kind::kSparse) return kAbsent;
  if (must_be_constant(value)) return kAbsent;
  const std::optional<SparseTensor> sparse = encode_sparse(graph_.tensor(value));
  if (!sparse) return kAbsent;
  return add_tensor(in_graph.type, fresh(name_of(value) + "/sparse"), buffer(sparse->values),
                    write_sparsity(builder_, in_graph.type.shape, *sparse));
}

Result<std::int32_t> FileWriter::readable(ValueId value) {
  std::int32_t& number = readable_[value.index];
  if (number != kAbsent) return number;
  const std::int32_t sparse = sparse_tensor(value);
  if (sparse == kAbsent) return number = tensor(value);
  number = new_tensor(graph_.type(value), name_of(value), nullptr);
  const std::int32_t inputs[] = {sparse};
  append({code_of(schema::BuiltinOperator::DENSIFY), 1, "2.2.0"}, inputs, number,
         static_cast<int>(schema::BuiltinOptions::DensifyOptions), schema::CreateDensifyOptions(builder_).o);
  return number;
}

Status FileWriter::check_runtime(const OperatorKind& kind) {
  if (options_.min_runtime.empty() || !runtime_before(options_.min_runtime, kind.runtime)) return {};
  return fail(ErrorCode::kUnsupported, "tflite",
              fmt::format("{} '{}' needs version {} of {}, which runtimes before {} do not have, and {} was asked for",
                          current_->op->name, current_->source, kind.version, operator_name(kind.code), kind.runtime,
                          options_.min_runtime),
              "allow a newer runtime, or store the weights in another form");
}

void FileWriter::append(const OperatorKind& kind, std::span<const std::int32_t> inputs, std::int32_t output,
                        int options_type, std::uint32_t options) {
  if (Status fits = check_runtime(kind); !fits && !error_) error_ = std::move(fits.error());
  const auto [at, added] = kinds_.try_emplace({kind.code, kind.version}, static_cast<std::uint32_t>(kind_list_.size()));
  if (added) kind_list_.push_back(kind);
  // The same version may have come with different needs.
  OperatorKind& known = kind_list_[at->second];
  if (runtime_before(known.runtime, kind.runtime)) known.runtime = kind.runtime;
  const auto in = builder_.CreateVector(inputs.data(), inputs.size());
  const auto out = builder_.CreateVector(&output, 1);
  operators_.push_back(schema::CreateOperator(builder_, at->second, in, out,
                                              static_cast<schema::BuiltinOptions>(options_type),
                                              flatbuffers::Offset<void>(options)));
}

Result<Bytes> FileWriter::finish(const std::vector<std::pair<std::string, Bytes>>& metadata) {
  std::vector<std::pair<std::string, Bytes>> entries = metadata;
  std::string_view runtime = "1.5.0";
  std::vector<flatbuffers::Offset<schema::OperatorCode>> codes;
  for (const OperatorKind& kind : kind_list_) {
    if (runtime_before(runtime, kind.runtime)) runtime = kind.runtime;
    codes.push_back(schema::CreateOperatorCode(builder_, static_cast<std::int8_t>(std::min(kind.code, kFirstWideCode)),
                                               0, kind.version, static_cast<schema::BuiltinOperator>(kind.code)));
  }
  AlignedBuffer version(kRuntimeBytes);
  std::ranges::copy(std::as_bytes(std::span(runtime)), version.data());
  entries.emplace_back(kRuntimeKey, std::move(version));
  std::vector<flatbuffers::Offset<schema::Metadata>> written;
  for (const auto& [name, data] : entries) {
    const std::uint32_t number = buffer(data);
    written.push_back(schema::CreateMetadata(builder_, builder_.CreateString(name), number));
  }

  std::vector<std::int32_t> inputs, outputs;
  std::vector<flatbuffers::Offset<schema::TensorMap>> in_map, out_map;
  const auto map = [&](ValueId value, std::vector<std::int32_t>& list, auto& tensor_map, const char* fallback) {
    list.push_back(value_tensor_[value.index]);
    const std::string name =
        graph_[value].name.empty() ? fmt::format("{}{}", fallback, list.size() - 1) : graph_[value].name;
    tensor_map.push_back(schema::CreateTensorMap(builder_, builder_.CreateString(name),
                                                 static_cast<std::uint32_t>(value_tensor_[value.index])));
  };
  for (const ValueId input : graph_.inputs) map(input, inputs, in_map, "input");
  for (const ValueId output : graph_.outputs) map(output, outputs, out_map, "output");
  const auto in_maps = builder_.CreateVector(in_map), out_maps = builder_.CreateVector(out_map);
  const auto signature =
      schema::CreateSignatureDef(builder_, in_maps, out_maps, builder_.CreateString("serving_default"), 0);
  const auto signatures = builder_.CreateVector(&signature, 1);

  const auto tensors = builder_.CreateVector(tensors_);
  const auto operators = builder_.CreateVector(operators_);
  const auto in = builder_.CreateVector(inputs), out = builder_.CreateVector(outputs);
  const auto graph = schema::CreateSubGraph(builder_, tensors, in, out, operators, builder_.CreateString("main"));
  const auto graphs = builder_.CreateVector(&graph, 1);
  const auto all_codes = builder_.CreateVector(codes);
  const auto buffers = builder_.CreateVector(buffers_);
  const auto all_metadata = builder_.CreateVector(written);
  const auto description = builder_.CreateString(options_.text.description);
  schema::FinishModelBuffer(
      builder_, schema::CreateModel(builder_, 3, all_codes, graphs, description, buffers, all_metadata, signatures));
  const std::span<const std::uint8_t> done(builder_.GetBufferPointer(), builder_.GetSize());
  return Bytes::copy_of(std::as_bytes(done));
}

// --- OpWriter ---

OpWriter::OpWriter(FileWriter& file, const Node& node, ValueId result, schema::Activation activation)
    : file_(file), node_(node), result_(result), activation_(activation) {
  for (const ValueId input : node.inputs) types_.push_back(input.valid() ? &file.graph().type(input) : nullptr);
}

const TensorType& OpWriter::type(std::size_t i) const { return file_.graph().type(node_.inputs[i]); }
const TensorType& OpWriter::result_type() const { return file_.graph().type(result_); }
bool OpWriter::is_constant(std::size_t i) const { return has(i) && file_.graph().is_constant(node_.inputs[i]); }
Tensor OpWriter::constant(std::size_t i) const { return file_.graph().tensor(node_.inputs[i]); }

Result<std::int32_t> OpWriter::tensor(std::size_t i) {
  if (!has(i)) return kAbsent;
  return file_.readable(node_.inputs[i]);
}

Result<std::vector<std::int32_t>> OpWriter::tensors() {
  std::vector<std::int32_t> all;
  for (std::size_t i = 0; i < node_.inputs.size(); ++i) {
    PAW_ASSIGN_OR_RETURN(const std::int32_t number, tensor(i));
    all.push_back(number);
  }
  return all;
}

std::int32_t OpWriter::result() { return file_.tensor(result_); }

std::int32_t OpWriter::constant(const Tensor& tensor, std::string_view what) {
  return file_.new_tensor(tensor.type, fmt::format("{}/{}", file_.name_of(result_), what), &tensor.data);
}

std::int32_t OpWriter::integers(std::span<const std::int64_t> values, std::string_view what) {
  const std::vector<double> numbers(values.begin(), values.end());
  return constant(tensor_from_stored({DType::kI32, Shape{static_cast<std::int64_t>(values.size())}}, numbers), what);
}

std::int32_t OpWriter::scalar(double value, const TensorType& like, std::string_view what) {
  return constant(tensor_from_real({like.dtype, Shape{}, like.quant}, std::span(&value, 1)), what);
}

std::int32_t OpWriter::temporary(TensorType type, std::string_view what) {
  return file_.new_tensor(type, fmt::format("{}/{}", file_.name_of(result_), what), nullptr);
}

Result<OperatorKind> OpWriter::kind_of(std::int32_t code, const TensorType& type,
                                       std::span<const TypeVersion> versions) const {
  for (const TypeVersion& v : versions) {
    const bool small = is_integer(v.dtype) && bits(v.dtype) <= 16;
    const bool fits = small && !v.plain ? type.quant != nullptr && type.quant->axis < 0 && type.quant->block == 0
                                        : type.quant == nullptr;
    if (v.dtype == type.dtype && fits) return OperatorKind{code, v.version, v.runtime};
  }
  return refuse(fmt::format("{} does not hold {}", operator_name(code), type.text()),
                is_float(type.dtype) ? "TensorFlow Lite computes in f32" : "");
}

flatbuffers::FlatBufferBuilder& OpWriter::builder() { return file_.builder(); }

void OpWriter::append(const OperatorKind& kind, std::span<const std::int32_t> inputs, std::int32_t output,
                      int options_type, std::uint32_t options) {
  file_.append(kind, inputs, output, options_type, options);
}

std::unexpected<Error> OpWriter::refuse(std::string_view message, std::string_view hint) const {
  const std::string place = node_.source.empty() ? fmt::format("tflite: {}", node_.op->name)
                                                 : fmt::format("tflite: {} '{}'", node_.op->name, node_.source);
  return fail(ErrorCode::kUnsupported, place, message, hint);
}

}  // namespace paw::tflite
