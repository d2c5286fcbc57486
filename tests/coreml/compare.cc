#include "compare.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "ir/builder.h"
#include "ir/text.h"
#include "nets/nets.h"
#include "ops/activation.h"
#include "ops/cast.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"
#include "passes/export_form.h"

namespace paw::coreml_testing {

namespace {

// Axes counted from the front, in order, all named; whole shapes.
void canonical(const Graph& graph, Node& node) {
  const Shape &x = graph.type(node.inputs[0]).shape, &y = graph.type(node.outputs[0]).shape;
  const auto positive = [](std::vector<std::int64_t> axes, int rank) {
    for (std::int64_t& axis : axes) axis += axis < 0 ? rank : 0;
    std::ranges::sort(axes);
    return axes;
  };
  std::vector<std::int64_t> all, ones;
  for (int i = 0; i < x.rank(); ++i) {
    all.push_back(i);
    if (x[i] == 1) ones.push_back(i);
  }
  const Attrs old = node.attrs;
  if (const auto* reduce = old.get_if<ReduceAttrs>()) {
    node.attrs = ReduceAttrs{reduce->axes.empty() ? all : positive(reduce->axes, x.rank()), reduce->keep_dims};
  } else if (const auto* axes = old.get_if<AxesAttrs>()) {
    node.attrs = AxesAttrs{axes->axes.empty() ? ones : positive(axes->axes, std::max(x.rank(), y.rank()))};
  } else if (const auto* softmax = old.get_if<SoftmaxAttrs>()) {
    node.attrs = SoftmaxAttrs{positive({softmax->axis}, x.rank())[0]};
  } else if (const auto* concat = old.get_if<ConcatAttrs>()) {
    node.attrs = ConcatAttrs{positive({concat->axis}, x.rank())[0]};
  } else if (old.get_if<ShapeAttrs>() != nullptr) {
    node.attrs = ShapeAttrs{{y.extents().begin(), y.extents().end()}};
  }
}

// Every reader of a constant has its own: layers of a NeuralNetwork cannot share weights.
void unshare(Graph& graph) {
  std::vector<bool> taken(graph.values.size());
  for (Node& node : graph.nodes) {
    while (!node.inputs.back().valid()) node.inputs.pop_back();  // left out or said to be absent
    for (ValueId& input : node.inputs) {
      if (!graph.is_constant(input)) continue;
      if (taken[input.index]) {
        graph.values.push_back(graph[input]);
        input = ValueId(graph.values.size() - 1);
      } else {
        taken[input.index] = true;
      }
    }
  }
}

// Nodes and values in the order in which the outputs need them: a file's order is another one.
class ByNeed {
 public:
  explicit ByNeed(const Graph& from) : from_(from), uses_(from), moved_(from.values.size()) {}

  Graph run() {
    for (const ValueId input : from_.inputs) to_.inputs.push_back(value(input));
    for (const ValueId output : from_.outputs) to_.outputs.push_back(value(output));
    return std::move(to_);
  }

 private:
  ValueId value(ValueId id) {
    if (!id.valid() || moved_[id.index].valid()) return id.valid() ? moved_[id.index] : id;
    if (const NodeId maker = uses_.producer(id); maker.valid()) {
      Node node = from_[maker];
      for (ValueId& input : node.inputs) input = value(input);
      for (ValueId& output : node.outputs) output = add(output);
      to_.nodes.push_back(std::move(node));
      return moved_[id.index];
    }
    return add(id);
  }

  ValueId add(ValueId id) {
    to_.values.push_back(from_[id]);
    return moved_[id.index] = ValueId(to_.values.size() - 1);
  }

  const Graph& from_;
  Uses uses_;
  std::vector<ValueId> moved_;
  Graph to_;
};

}  // namespace

Graph nameless(const Graph& original) {
  Graph graph = original;
  unshare(graph);
  graph = ByNeed(graph).run();
  for (Node& node : graph.nodes) canonical(graph, node);
  graph.name.clear();
  for (Value& value : graph.values) value.name.clear();
  for (Node& node : graph.nodes) node.source.clear();
  return graph;
}

void expect_equal(const Graph& read, const Graph& written) {
  EXPECT_TRUE(equal(nameless(read), nameless(written))) << "written\n"
                                                        << print_graph(written) << "came back as\n"
                                                        << print_graph(read);
}

void expect_same_model(const Model& read, const Model& written) {
  expect_equal(read.graph, written.graph);
  EXPECT_TRUE(read.preprocess == written.preprocess);
  EXPECT_EQ(read.labels, written.labels);
  EXPECT_EQ(read.threshold, written.threshold);
}

Result<ReadModel> through_program(const Model& model, const MlProgramOptions& options,
                                  std::vector<std::string>* notes) {
  PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, options, notes));
  return read_mlpackage(package, "written.mlpackage");
}

Result<ReadModel> through_network(const Model& model, std::vector<std::string>* notes) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_neural_network(model, {}, notes));
  EXPECT_TRUE(is_mlmodel(file.span()));
  return read_mlmodel(file, "written.mlmodel");
}

Model exported_net(std::string_view name) {
  const NetInfo& net = *find_net(name);
  const std::int64_t size = std::max<std::int64_t>(32, net.min_size);
  auto model = build_net(name, {.size = size, .width = net.has_width ? 0.25 : 1.0, .classes = 7});
  EXPECT_TRUE(model) << model.error().text();
  for (int i = 0; i < 7; ++i) model->labels.push_back("label " + std::to_string(i));
  model->threshold = 0.25;
  return export_form(*model).value();
}

namespace {

// Numbers without a pattern, in about [-1, 1].
ValueId some_numbers(GraphBuilder& b, const Shape& shape, std::string name = {}) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < shape.elements(); ++i) values.push_back(std::sin(static_cast<float>(i * i + 3 * i + 1)));
  return b.constant(Tensor::f32(shape, values), std::move(name));
}

}  // namespace

Model tiny_model() {
  GraphBuilder b("tiny");
  ValueId x = b.input("image", {DType::kF32, {1, 6, 6, 3}});
  b.set_scope("stem");
  x = b.call(op::conv2d, {x, some_numbers(b, {8, 3, 3, 3}, "stem/weights"), some_numbers(b, Shape{8})},
             Conv2dAttrs{.stride = {2, 2}, .padding = Padding::kSame});
  x = b.call(op::relu6, {x});
  b.set_scope("block/dw");
  x = b.call(op::depthwise_conv2d, {x, some_numbers(b, {1, 3, 3, 8})}, DepthwiseConv2dAttrs{.padding = Padding::kSame});
  x = b.call(op::hard_swish, {x});
  x = b.call(op::max_pool, {x}, PoolAttrs{.kernel = {2, 2}, .stride = {1, 1}});
  b.set_scope("head");
  x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}});
  x = b.call(op::fully_connected, {x, some_numbers(b, {4, 8}, "head/weights"), some_numbers(b, Shape{4})});
  b.output(b.call(op::softmax, {x}, {}, {.name = "scores"}));
  Model model;
  model.graph = b.finish().value();
  model.preprocess = Preprocess{.width = 6, .height = 6, .geometry = Geometry::kCrop, .resize_short = 8};
  model.preprocess->scale = {1 / 58.395, 1 / 57.12, 1 / 57.375};
  model.preprocess->bias = {-123.675 / 58.395, -116.28 / 57.12, -103.53 / 57.375};
  model.labels = {"cat", "dog", "a \"bird\"", "K\u00e4fer"};
  model.threshold = 0.5;
  return model;
}

namespace {

bool is_layer(const Node& node) {
  return node.op == &op::conv2d || node.op == &op::depthwise_conv2d || node.op == &op::fully_connected;
}

// Symmetric integers, with a scale for all, per channel or per block of the last axis.
Tensor integers(const Tensor& weights, DType dtype, int axis, std::int32_t block) {
  const std::vector<double> values = real_values(weights);
  TensorType type{dtype, weights.type.shape};
  QuantParams quant{.axis = axis, .block = block};
  const std::int64_t count = block > 0 ? type.shape.elements() / block : axis < 0 ? 1 : type.shape[axis];
  // Scales that float16 holds: what is tested is that they are kept.
  for (std::int64_t i = 0; i < count; ++i) quant.scale.push_back(static_cast<float>(1 + i % 7) / 64);
  quant.zero_point.assign(static_cast<std::size_t>(count), 0);
  type.quant = std::make_shared<const QuantParams>(std::move(quant));
  return tensor_from_real(type, values);
}

// Rounded to 2^bits numbers, those of each group of indices along an axis their own.
Tensor few_values(const Tensor& weights, int bits, int axis, std::int64_t group) {
  std::vector<double> values = real_values(weights);
  const Shape& shape = weights.type.shape;
  const std::int64_t stride = strides_of(shape)[static_cast<std::size_t>(axis)];
  const double steps = std::exp2(bits) - 1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t index = static_cast<std::int64_t>(i) / stride % shape[axis];
    const double shift = group == 0 ? 0 : static_cast<double>(index / group) / 8;
    values[i] = std::round((values[i] + 1) / 2 * steps) / 64 + shift;
  }
  return tensor_from_real(weights.type, values);
}

Tensor mostly_zeros(const Tensor& weights) {
  std::vector<double> values = real_values(weights);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = i % 3 == 0 ? std::round(values[i] * 64) / 64 : 0;
  return tensor_from_real(weights.type, values);
}

Value stored(const Value& value, Stored form) {
  Value out = value;
  const Tensor weights{value.type, *value.constant};
  const auto keep = [&](Tensor tensor, std::optional<Encoding> encoding = {}) {
    out.type = tensor.type;
    out.constant = tensor.data;
    out.encoding = encoding;
  };
  const bool dense = weights.type.shape.rank() == 2;
  const int channels = weights.type.shape[0] == 1 ? 3 : 0;  // depthwise ones are last
  const auto palette = [&](int bits, std::int32_t group) {
    const std::int32_t axis = group == 0 ? 0 : channels;
    keep(few_values(weights, bits, axis, group), Encoding{Encoding::Kind::kPalette, bits, axis, group});
  };
  switch (form) {
    case Stored::kHalf: keep(tensor_from_real({DType::kF16, weights.type.shape}, real_values(weights))); break;
    case Stored::kInt8: keep(integers(weights, DType::kI8, channels, 0)); break;
    case Stored::kInt8PerTensor: keep(integers(weights, DType::kU8, -1, 0)); break;
    case Stored::kInt4: keep(integers(weights, DType::kI4, channels, 0)); break;
    case Stored::kBlocks: keep(integers(weights, DType::kI8, dense ? -1 : channels, dense ? 4 : 0)); break;
    case Stored::kInt4Blocks: keep(integers(weights, DType::kI4, dense ? -1 : channels, dense ? 4 : 0)); break;
    case Stored::kPalette1: palette(1, 0); break;
    case Stored::kPalette2: palette(2, 0); break;
    case Stored::kPalette3: palette(3, 0); break;
    case Stored::kPalette4: palette(4, 0); break;
    case Stored::kPalette6: palette(6, 0); break;
    case Stored::kPalette8: palette(8, 0); break;
    case Stored::kPaletteGroups: palette(4, 2); break;
    case Stored::kSparse: keep(mostly_zeros(weights), Encoding{.kind = Encoding::Kind::kSparse}); break;
    case Stored::kSparseInt8:
    case Stored::kSparseInt4:
      keep(integers(mostly_zeros(weights), form == Stored::kSparseInt8 ? DType::kI8 : DType::kI4, channels, 0),
           Encoding{.kind = Encoding::Kind::kSparse});
      break;
  }
  return out;
}

}  // namespace

std::string_view name(Stored form) {
  static constexpr std::string_view kNames[] = {"half",           "int8",        "int8_per_tensor", "int4",
                                                "blocks",         "int4_blocks", "palette1",        "palette2",
                                                "palette3",       "palette4",    "palette6",        "palette8",
                                                "palette_groups", "sparse",      "sparse_int8",     "sparse_int4"};
  return kNames[static_cast<std::size_t>(form)];
}

Model with_weights(Model model, Stored form) {
  Graph& graph = model.graph;
  std::vector<Node> nodes = std::move(graph.nodes);
  graph.nodes.clear();
  for (Node& node : nodes) {
    if (is_layer(node)) {
      Value& weights = graph[node.inputs[1]];
      weights = stored(weights, form);
      if (weights.type.dtype != DType::kF32) {
        const bool half = weights.type.dtype == DType::kF16;
        graph.values.push_back({.name = {}, .type = {DType::kF32, weights.type.shape}, .constant = {}, .encoding = {}});
        const ValueId real(graph.values.size() - 1);
        graph.nodes.push_back(
            {half ? &op::cast : &op::dequantize, DtypeAttrs{DType::kF32}, {node.inputs[1]}, {real}, ""});
        node.inputs[1] = real;
      }
    }
    graph.nodes.push_back(std::move(node));
  }
  return model;
}

Model with_activations_of_8_bits(Model model) {
  Graph& graph = model.graph;
  std::vector<Node> nodes = std::move(graph.nodes);
  graph.nodes.clear();
  std::vector<ValueId> now(graph.values.size());
  const auto quant = std::make_shared<const QuantParams>(QuantParams{.scale = {0.03125f}, .zero_point = {12}});
  const auto add = [&](const OpDef& op, DType dtype, ValueId x, bool quantised) {
    Value value{.name = {}, .type = {dtype, graph.type(x).shape}, .constant = {}, .encoding = {}};
    if (quantised) value.type.quant = quant;
    graph.values.push_back(std::move(value));
    const ValueId made(graph.values.size() - 1);
    graph.nodes.push_back({&op, DtypeAttrs{dtype}, {x}, {made}, ""});
    return made;
  };
  for (Node& node : nodes) {
    for (ValueId& input : node.inputs) {
      if (input.valid() && input.index < now.size() && now[input.index].valid()) input = now[input.index];
    }
    const ValueId result = node.outputs[0];
    const bool activation = node.op == &op::relu6 || node.op == &op::hard_swish;
    graph.nodes.push_back(std::move(node));
    if (!activation) continue;
    const ValueId small = add(op::quantize, DType::kU8, result, true);
    now[result.index] = add(op::dequantize, DType::kF32, small, false);
  }
  return model;
}

}  // namespace paw::coreml_testing
