// Every op case and every net: written as an ML Program and as a NeuralNetwork, read back, equal but for names.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/coreml/coreml_file.h"
#include "ir/builder.h"
#include "ir/text.h"
#include "nets/nets.h"
#include "op_cases/op_cases.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"
#include "passes/export_form.h"
#include "reference/interpreter.h"

namespace paw {
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

// Names and sources go: the formats have their own rules for them.
Graph nameless(Graph graph) {
  unshare(graph);
  for (Node& node : graph.nodes) canonical(graph, node);
  graph.name.clear();
  for (Value& value : graph.values) value.name.clear();
  for (Node& node : graph.nodes) node.source.clear();
  return graph;
}

void expect_equal(const Graph& read, const Graph& written) {
  const Graph a = nameless(read), b = nameless(written);
  EXPECT_TRUE(equal(a, b)) << "written\n" << print_graph(written) << "came back as\n" << print_graph(read);
}

Result<ReadModel> through_program(const Model& model, const MlProgramOptions& options) {
  std::vector<std::string> notes;
  PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, options, &notes));
  return read_mlpackage(package, "written.mlpackage");
}

// The op on `computed` inputs, its other operands constants.
Result<Model> case_model(const OpDef& op, const OpCase& c, std::size_t computed) {
  GraphBuilder builder("case");
  const std::vector<RefTensor> values = case_values(op, c);
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const TensorType& type = c.inputs[i].type;
    if (c.inputs[i].absent) {
      operands.emplace_back();
    } else if (i < computed) {
      operands.push_back(builder.input(operand_name(op, i), type));
    } else {
      operands.push_back(builder.constant(from_ref(type, values[i])));
    }
  }
  for (const ValueId y : builder.call_all(op, operands, c.attrs, {"y", c.name, c.output_quant})) builder.output(y);
  Model model;
  PAW_ASSIGN_OR_RETURN(model.graph, builder.finish());
  return model;
}

// What the program says with other ops, or leaves out because it changes nothing: compared by what it computes.
constexpr std::string_view kOtherwise[] = {"maximum/scalar", "minimum/scalar", "cast/same"};

void expect_same_results(const Graph& read, const Graph& written, const OpDef& op, const OpCase& c) {
  std::vector<RefTensor> feeds;
  const std::vector<RefTensor> values = case_values(op, c);
  for (std::size_t i = 0; i < written.inputs.size(); ++i) feeds.push_back(values[i]);
  const auto expected = interpret(written, feeds), got = interpret(read, feeds);
  ASSERT_TRUE(expected && got);
  for (std::size_t i = 0; i < (*expected)[0].data.size(); ++i) {
    EXPECT_NEAR((*got)[0].data[i], (*expected)[0].data[i], 1e-6);
  }
}

struct Form {
  std::string_view name;
  Result<ReadModel> (*through)(const Model&);
};

Result<ReadModel> program_of_18(const Model& model) {
  return through_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos18});
}

// True: the form holds the case.
bool check_case(const Form& form, const OpDef& op, const OpCase& c, std::size_t computed) {
  const auto model = case_model(op, c, computed);
  if (!model) return false;  // a case whose constants alone do not make a model
  const auto read = form.through(*model);
  if (!read) {
    EXPECT_EQ(read.error().code, ErrorCode::kUnsupported) << read.error().text();
    EXPECT_FALSE(read.error().message.empty());
    return false;
  }
  if (std::ranges::find(kOtherwise, case_name(op, c)) != std::end(kOtherwise)) {
    expect_same_results(read->model.graph, model->graph, op, c);
  } else {
    expect_equal(read->model.graph, model->graph);
  }
  return true;
}

Result<ReadModel> neural_network(const Model& model) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_neural_network(model));
  EXPECT_TRUE(is_mlmodel(file.span()));
  return read_mlmodel(file, "written.mlmodel");
}

// How many cases the form holds. Ops that it has no word for: those of training, and `none`.
int check_all(const Form& form, std::initializer_list<const OpDef*> none) {
  int held = 0;
  for (const OpDef* op : all_ops()) {
    int of_op = 0;
    for (const OpCase& c : op->cases()) {
      SCOPED_TRACE(case_name(*op, c));
      of_op += check_case(form, *op, c, 12) ? 1 : 0;
      if (c.inputs.size() > 1) of_op += check_case(form, *op, c, 1) ? 1 : 0;
    }
    const bool training = op->has(kTrainOnly) || op == &op::dropout || op->name.find("_grad") != std::string::npos;
    EXPECT_EQ(of_op == 0, training || std::ranges::find(none, op) != none.end()) << op->name;
    held += of_op;
  }
  return held;
}

// Integers are no inputs and outputs of a model: quantize and dequantize have tests of their own.
TEST(CoreMlRoundTrip, EveryOpCaseThatAnMlProgramHolds) {
  EXPECT_GT(check_all({"ML Program", program_of_18}, {&op::quantize, &op::dequantize}), 180);
}

TEST(CoreMlRoundTrip, EveryOpCaseThatANeuralNetworkHolds) {
  EXPECT_GT(check_all({"NeuralNetwork", neural_network}, {&op::quantize, &op::dequantize}), 180);
}

class CoreMlNet : public ::testing::TestWithParam<std::string_view> {};

Model exported_net(std::string_view name) {
  const NetInfo& net = *find_net(name);
  auto model = build_net(
      name, {.size = std::max<std::int64_t>(32, net.min_size), .width = net.has_width ? 0.25 : 1.0, .classes = 7});
  EXPECT_TRUE(model) << model.error().text();
  for (int i = 0; i < 7; ++i) model->labels.push_back("label " + std::to_string(i));
  model->threshold = 0.25;
  return export_form(*model).value();
}

void expect_same_model(const Model& read, const Model& written) {
  expect_equal(read.graph, written.graph);
  EXPECT_TRUE(read.preprocess == written.preprocess);
  EXPECT_EQ(read.labels, written.labels);
  EXPECT_EQ(read.threshold, written.threshold);
}

TEST_P(CoreMlNet, ComesBackFromAnMlProgram) {
  const Model model = exported_net(GetParam());
  const auto read = through_program(model, {.precision = DType::kF32});
  ASSERT_TRUE(read) << read.error().text();
  expect_same_model(read->model, model);
  EXPECT_THAT(read->notes, ::testing::IsEmpty());
}

TEST_P(CoreMlNet, ComesBackFromANeuralNetwork) {
  const Model model = exported_net(GetParam());
  const auto read = neural_network(model);
  ASSERT_TRUE(read) << read.error().text();
  expect_same_model(read->model, model);
  EXPECT_THAT(read->notes, ::testing::IsEmpty());
}

// What is rounded once stays as it is.
TEST_P(CoreMlNet, Float16IsRoundedOnce) {
  const auto half = through_program(exported_net(GetParam()), {});
  ASSERT_TRUE(half) << half.error().text();
  EXPECT_THAT(half->notes, ::testing::ElementsAre("the file computes in float16; here in float32"));
  const auto twice = through_program(half->model, {});
  ASSERT_TRUE(twice) << twice.error().text();
  expect_same_model(twice->model, half->model);
}

std::vector<std::string_view> net_names() {
  std::vector<std::string_view> names;
  for (const NetInfo& net : all_nets()) names.push_back(net.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Nets, CoreMlNet, ::testing::ValuesIn(net_names()),
                         [](const auto& net) { return std::string(net.param); });

}  // namespace
}  // namespace paw
