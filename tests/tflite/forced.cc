#include "forced.h"

#include "base/random.h"
#include "file_objects.h"
#include "formats/tflite/tflite_file.h"
#include "ir/builder.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"

namespace paw::tflite_testing {

namespace {

namespace file = paw::tflite_objects;

Tensor random_tensor(TensorType type, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> values;
  for (std::int64_t i = 0; i < type.shape.elements(); ++i) values.push_back(random.uniform(-1, 1));
  return tensor_from_real(type, values);
}

Tensor as_f32(const Tensor& tensor) { return tensor_from_real({DType::kF32, tensor.type.shape}, real_values(tensor)); }

// One scale per index of `axis`, all different.
std::shared_ptr<const QuantParams> channels(std::int64_t count, float scale, std::int32_t axis) {
  QuantParams quant{.axis = axis};
  for (std::int64_t i = 0; i < count; ++i) {
    quant.scale.push_back(scale * (1 + static_cast<float>(i) / 4));
    quant.zero_point.push_back(0);
  }
  return std::make_shared<const QuantParams>(std::move(quant));
}

file::OperatorT& last(file::ModelT& model) { return *model.subgraphs[0]->operators.back(); }
file::TensorT& tensor(file::ModelT& model, std::int32_t index) {
  return *model.subgraphs[0]->tensors[static_cast<std::size_t>(index)];
}

void set_quantisation(file::TensorT& to, const QuantParams& quant) {
  to.quantization = std::make_unique<file::QuantizationParametersT>();
  to.quantization->scale = quant.scale;
  to.quantization->zero_point.assign(quant.zero_point.begin(), quant.zero_point.end());
  to.quantization->quantized_dimension = std::max(quant.axis, 0);
}

void set_data(file::ModelT& model, file::TensorT& to, std::span<const std::byte> data, file::TensorType type) {
  auto buffer = std::make_unique<file::BufferT>();
  for (const std::byte b : data) buffer->data.push_back(std::to_integer<std::uint8_t>(b));
  to.buffer = static_cast<std::uint32_t>(model.buffers.size());
  to.type = type;
  model.buffers.push_back(std::move(buffer));
}

// One layer with f32 activations.
Result<Graph> layer(const OpDef& op, Shape x, const Tensor& w, const Attrs& attrs = {}) {
  const std::int64_t filters = &op == &op::depthwise_conv2d ? w.type.shape.back() : w.type.shape[0];
  GraphBuilder b("layer");
  const ValueId input = b.input("x", {DType::kF32, x});
  const ValueId bias = b.constant(random_tensor({DType::kF32, Shape{filters}}, 3));
  b.output(b.call(op, {input, b.constant(w), bias}, attrs, {"y", "layer", nullptr}));
  return b.finish();
}

// The layer as a good file, with these weights put in the place of its own.
Result<Forced> weights(std::string name, const OpDef& op, Shape x, const Tensor& w, file::TensorType type,
                       std::string refusal, std::int32_t version, const Attrs& attrs = {}) {
  PAW_ASSIGN_OR_RETURN(Graph meaning, layer(op, x, as_f32(w), attrs));
  PAW_ASSIGN_OR_RETURN(const Bytes good, write_tflite({.graph = meaning}));
  const Bytes forced = changed(good, [&](file::ModelT& model) {
    file::TensorT& to = tensor(model, last(model).inputs[1]);
    set_data(model, to, w.data.span(), type);
    if (w.type.quant) set_quantisation(to, *w.type.quant);
    model.operator_codes[0]->version = version;
  });
  auto graph = layer(op, x, w, attrs);
  return Forced{std::move(name), forced, std::move(meaning), graph ? std::optional(std::move(*graph)) : std::nullopt,
                graph ? std::move(refusal) : graph.error().message};
}

// A float16 scale per block of 32 inputs, in a tensor of its own.
void set_blocks(file::ModelT& model, file::TensorT& to, const Tensor& w) {
  const QuantParams& quant = *w.type.quant;
  auto scales = std::make_unique<file::TensorT>();
  scales->shape = {static_cast<std::int32_t>(w.type.shape[0]),
                   static_cast<std::int32_t>(static_cast<std::int64_t>(quant.scale.size()) / w.type.shape[0])};
  const std::vector<double> numbers(quant.scale.begin(), quant.scale.end());
  const Tensor half = tensor_from_real({DType::kF16, Shape{static_cast<std::int64_t>(numbers.size())}}, numbers);
  set_data(model, *scales, half.data.span(), file::TensorType::FLOAT16);
  set_data(model, to, w.data.span(), file::TensorType::INT4);
  to.quantization = std::make_unique<file::QuantizationParametersT>();
  file::BlockwiseQuantizationT blocks;
  blocks.scales = static_cast<std::int32_t>(model.subgraphs[0]->tensors.size());
  blocks.zero_points = -1;
  blocks.block_size = quant.block;
  to.quantization->details.Set(blocks);
  model.subgraphs[0]->tensors.push_back(std::move(scales));
}

Tensor block_weights() {
  QuantParams quant{.block = 32};
  for (int i = 0; i < 16; ++i) {
    quant.scale.push_back(0.125F + static_cast<float>(i) / 64);
    quant.zero_point.push_back(0);
  }
  return random_tensor({DType::kI4, {8, 1, 1, 64}, std::make_shared<const QuantParams>(quant)}, 1);
}

Result<Forced> blocks_into_conv() {
  const Tensor w = block_weights();
  PAW_ASSIGN_OR_RETURN(Forced forced, weights("blocks_into_conv", op::conv2d, {1, 3, 3, 64}, w, file::TensorType::INT4,
                                              "quantised block by block", 7));
  forced.file =
      changed(forced.file, [&](file::ModelT& model) { set_blocks(model, tensor(model, last(model).inputs[1]), w); });
  return forced;
}

Result<Forced> blocks_dequantised() {
  const auto make = [](const Tensor& w) {
    GraphBuilder b("layer");
    const ValueId x = b.input("x", {DType::kF32, {1, 3, 3, 64}});
    const ValueId real = b.call(op::dequantize, {b.constant(w)}, DtypeAttrs{DType::kF32}, {"w", "weights", nullptr});
    const ValueId bias = b.constant(Tensor::zeros({DType::kF32, Shape{8}}));
    b.output(b.call(op::conv2d, {x, real, bias}, {}, {"y", "layer", nullptr}));
    return b.finish();
  };
  const Tensor w = block_weights();
  PAW_ASSIGN_OR_RETURN(Graph meaning, layer(op::conv2d, {1, 3, 3, 64}, as_f32(w)));
  for (Value& value : meaning.values) {  // without a bias, as `make` has it
    if (value.constant && value.type.shape.rank() == 1) value.constant = Tensor::zeros(value.type).data;
  }
  PAW_ASSIGN_OR_RETURN(const Graph good, make(random_tensor({DType::kI4, w.type.shape, channels(8, 0.1F, 0)}, 1)));
  PAW_ASSIGN_OR_RETURN(const Bytes bytes, write_tflite({.graph = good}));
  const Bytes forced = changed(bytes, [&](file::ModelT& model) {
    set_blocks(model, tensor(model, model.subgraphs[0]->operators[0]->inputs[0]), w);
  });
  PAW_ASSIGN_OR_RETURN(Graph graph, make(w));
  return Forced{"blocks_dequantised", forced, std::move(meaning), std::move(graph), "block by block"};
}

// The operator that decodes taken out: its input goes straight into the layer. A graph never says so: our writer
// decodes.
Result<Forced> sparse_into(std::string name, const OpDef& op, Shape x, Shape shape) {
  Tensor w = random_tensor({DType::kF32, shape}, 1);
  std::vector<double> values = real_values(w);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 4 == 0 ? values[i] : 0;
  w = tensor_from_real(w.type, values);
  PAW_ASSIGN_OR_RETURN(Graph meaning, layer(op, x, w));
  Graph marked = meaning;
  for (Value& value : marked.values) {
    if (value.constant && value.type.shape == shape) value.encoding = Encoding{.kind = Encoding::Kind::kSparse};
  }
  PAW_ASSIGN_OR_RETURN(const Bytes good, write_tflite({.graph = marked}));
  const Bytes forced = changed(good, [&](file::ModelT& model) {
    auto& operators = model.subgraphs[0]->operators;
    last(model).inputs[1] = operators.front()->inputs[0];
    operators.erase(operators.begin());
  });
  return Forced{std::move(name), forced, std::move(meaning), std::nullopt, ""};
}

// The integer weights of the last layer, sparse, and DENSIFY before it. All elements are stored: it is only where they
// come from that differs.
void densify(file::ModelT& model, const Tensor& w) {
  auto& graph = *model.subgraphs[0];
  file::OperatorT& layer = last(model);
  auto sparse = std::make_unique<file::TensorT>();
  const auto row = static_cast<std::uint8_t>(w.type.shape.back());
  sparse->name = "sparse";
  for (const std::int64_t extent : w.type.shape.extents()) sparse->shape.push_back(static_cast<std::int32_t>(extent));
  set_data(model, *sparse, w.data.span(), file::TensorType::INT8);
  set_quantisation(*sparse, *w.type.quant);
  sparse->sparsity = std::make_unique<file::SparsityParametersT>();
  file::Int32VectorT segments;
  file::Uint8VectorT indices;
  for (std::int64_t i = 0; i < w.type.shape.elements(); ++i) {
    indices.values.push_back(static_cast<std::uint8_t>(i % row));
    if (i % row == 0) segments.values.push_back(static_cast<std::int32_t>(i));
  }
  segments.values.push_back(static_cast<std::int32_t>(w.type.shape.elements()));
  for (int axis = 0; axis < w.type.shape.rank(); ++axis) {
    sparse->sparsity->traversal_order.push_back(axis);
    sparse->sparsity->dim_metadata.push_back(std::make_unique<file::DimensionMetadataT>());
    sparse->sparsity->dim_metadata.back()->dense_size = static_cast<std::int32_t>(w.type.shape[axis]);
  }
  file::DimensionMetadataT& columns = *sparse->sparsity->dim_metadata.back();
  columns.format = file::DimensionType::SPARSE_CSR;
  columns.array_segments.Set(segments);
  columns.array_indices.Set(indices);
  tensor(model, layer.inputs[1]).buffer = 0;
  auto code = std::make_unique<file::OperatorCodeT>();
  code->deprecated_builtin_code = static_cast<std::int8_t>(file::BuiltinOperator::DENSIFY);
  code->builtin_code = file::BuiltinOperator::DENSIFY;
  auto decode = std::make_unique<file::OperatorT>();
  decode->opcode_index = static_cast<std::uint32_t>(model.operator_codes.size());
  decode->inputs = {static_cast<std::int32_t>(graph.tensors.size())};
  decode->outputs = {layer.inputs[1]};
  model.operator_codes.push_back(std::move(code));
  graph.tensors.push_back(std::move(sparse));
  graph.operators.insert(graph.operators.begin(), std::move(decode));
}

Result<Forced> densified_into_dynamic() {
  const Tensor w = random_tensor({DType::kI8, {8, 1, 1, 64}, channels(8, 0.008F, 0)}, 1);
  PAW_ASSIGN_OR_RETURN(Graph meaning, layer(op::conv2d, {1, 3, 3, 64}, as_f32(w)));
  PAW_ASSIGN_OR_RETURN(const Graph whole, layer(op::conv2d, {1, 3, 3, 64}, w));
  PAW_ASSIGN_OR_RETURN(const Bytes good, write_tflite({.graph = whole}));
  const Bytes forced = changed(good, [&](file::ModelT& model) { densify(model, w); });
  return Forced{"densified_into_dynamic", forced, std::move(meaning), std::nullopt, ""};
}

Result<Forced> densified_into_dense_integers() {
  const Tensor w = random_tensor({DType::kI8, {8, 64}, per_tensor(0.008F, 0)}, 1);
  GraphBuilder b("layer");
  const ValueId x = b.input("x", {DType::kI8, {1, 64}, per_tensor(1.0F / 128, 0)});
  const TensorType bias{DType::kI32, Shape{8}, per_tensor(0.008F / 128, 0)};
  const ValueId inputs[] = {x, b.constant(w), b.constant(random_tensor(bias, 3))};
  b.output(b.call(op::fully_connected, inputs, {}, {"y", "layer", per_tensor(0.05F, 0)}));
  PAW_ASSIGN_OR_RETURN(Graph meaning, b.finish());
  PAW_ASSIGN_OR_RETURN(const Bytes good, write_tflite({.graph = meaning}));
  const Bytes forced = changed(good, [&](file::ModelT& model) { densify(model, w); });
  return Forced{"densified_into_dense_integers", forced, std::move(meaning), std::nullopt, ""};
}

// An op of quantised values whose result has another scale than its input.
Result<Forced> reduced(std::string name, const OpDef& op, const Change& change, std::string refusal) {
  const auto make = [&](const OpDef& reduction, float scale) {
    GraphBuilder b("reduced");
    const ValueId x = b.input("x", {DType::kI8, {1, 4, 6}, per_tensor(0.02F, 5)});
    b.output(b.call(reduction, {x}, ReduceAttrs{{1}}, {"y", "reduced", per_tensor(scale, -20)}));
    return b.finish();
  };
  PAW_ASSIGN_OR_RETURN(Graph meaning, make(op, 0.05F));
  PAW_ASSIGN_OR_RETURN(const Graph good, make(op::reduce_mean, 0.05F));
  PAW_ASSIGN_OR_RETURN(const Bytes bytes, write_tflite({.graph = good}));
  Graph graph = meaning;
  return Forced{std::move(name), changed(bytes, change), std::move(meaning), std::move(graph), std::move(refusal)};
}

Change operator_becomes(file::BuiltinOperator code, std::int32_t version) {
  return [=](file::ModelT& model) {
    model.operator_codes[0]->deprecated_builtin_code = static_cast<std::int8_t>(code);
    model.operator_codes[0]->builtin_code = code;
    model.operator_codes[0]->version = version;
  };
}

// Pixels said to be u8, in a layer of i8.
Result<Forced> relabelled_input() {
  const auto make = [](DType dtype, std::int32_t zero_point) {
    GraphBuilder b("layer");
    const ValueId x = b.input("x", {dtype, {1, 6, 6, 3}, per_tensor(1.0F / 128, zero_point)});
    const ValueId w = b.constant(random_tensor({DType::kI8, {4, 3, 3, 3}, channels(4, 0.008F, 0)}, 1));
    QuantParams quant = *channels(4, 0.008F, 0);
    for (float& scale : quant.scale) scale /= 128;
    const TensorType bias{DType::kI32, Shape{4}, std::make_shared<const QuantParams>(quant)};
    b.output(b.call(op::conv2d, {x, w, b.constant(random_tensor(bias, 3))}, {}, {"y", "layer", per_tensor(0.03F, 0)}));
    return b.finish();
  };
  PAW_ASSIGN_OR_RETURN(Graph meaning, make(DType::kI8, 0));
  PAW_ASSIGN_OR_RETURN(const Bytes good, write_tflite({.graph = meaning}));
  const Bytes forced = changed(good, [](file::ModelT& model) {
    file::TensorT& x = tensor(model, model.subgraphs[0]->inputs[0]);
    x.type = file::TensorType::UINT8;
    x.quantization->zero_point = {128};
  });
  auto graph = make(DType::kU8, 128);  // the op itself wants one element type
  return Forced{"relabelled_input", forced, std::move(meaning), graph ? std::optional(std::move(*graph)) : std::nullopt,
                graph ? "is not held with x u8" : ""};
}

}  // namespace

Result<std::vector<Forced>> forced_files() {
  const Shape image{1, 6, 6, 4};
  const Tensor half = random_tensor({DType::kF16, {4, 3, 3, 4}}, 1);
  const Tensor half_depthwise = random_tensor({DType::kF16, {1, 3, 3, 4}}, 1);
  const Tensor half_dense = random_tensor({DType::kF16, {3, 4}}, 1);
  const Tensor depthwise4 = random_tensor({DType::kI4, {1, 3, 3, 4}, channels(4, 0.14F, 3)}, 1);
  const Tensor lopsided = random_tensor({DType::kI8, {4, 3, 3, 4}, per_tensor(0.01F, 40)}, 1);
  using Type = file::TensorType;
  Result<Forced> all[] = {
      weights("float16_into_conv", op::conv2d, image, half, Type::FLOAT16, "", 1),
      weights("float16_into_depthwise", op::depthwise_conv2d, image, half_depthwise, Type::FLOAT16, "", 1),
      weights("float16_into_dense", op::fully_connected, {2, 4}, half_dense, Type::FLOAT16, "", 1),
      weights("int4_into_depthwise", op::depthwise_conv2d, image, depthwise4, Type::INT4, "i4 weights beside f32", 7),
      weights("zero_point_of_weights", op::conv2d, image, lopsided, Type::INT8, "a zero point other than 0", 2),
      blocks_into_conv(),
      blocks_dequantised(),
      sparse_into("sparse_into_conv", op::conv2d, {1, 4, 4, 32}, {32, 3, 3, 32}),
      sparse_into("sparse_into_depthwise", op::depthwise_conv2d, {1, 6, 6, 256}, {1, 3, 3, 256}),
      sparse_into("sparse_into_dense", op::fully_connected, {1, 256}, {32, 256}),
      densified_into_dynamic(),
      densified_into_dense_integers(),
      reduced("rescaling_maximum", op::reduce_max, operator_becomes(file::BuiltinOperator::REDUCE_MAX, 2),
              "one scale for x and the result"),
      reduced("sum_of_integers", op::reduce_sum, operator_becomes(file::BuiltinOperator::SUM, 2), "SUM does not hold"),
      relabelled_input(),
  };
  std::vector<Forced> forced;
  for (Result<Forced>& one : all) {
    if (!one) return std::unexpected(one.error());
    forced.push_back(std::move(*one));
  }
  return forced;
}

}  // namespace paw::tflite_testing
