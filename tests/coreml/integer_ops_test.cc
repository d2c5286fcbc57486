// Graphs in 8-bit integers as ML Programs: floats between quantize and dequantize.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "compare.h"
#include "formats/coreml/program/float_ops.h"
#include "ir/builder.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "optimize/quantize/quantise.h"
#include "reference/interpreter.h"

namespace paw::integer_ops_test {
namespace {

using namespace coreml_testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

CalibrationSet random_pictures(const Graph& graph, int count) {
  CalibrationSet set{graph.type(graph.inputs[0]).shape, {}};
  Random random(3);
  for (int i = 0; i < count; ++i) {
    for (float& v : set.add()) v = static_cast<float>(random.uniform(-1, 1));
  }
  return set;
}

Model in_integers(Model model, QuantForm form = QuantForm::kStaticWi8Ai8) {
  auto made = quantise(model.graph, random_pictures(model.graph, 8), {.form = form});
  EXPECT_TRUE(made) << made.error().text();
  model.graph = std::move(made->graph);
  return model;
}

std::vector<double> scores_of(const Graph& graph, std::span<const float> picture) {
  const RefTensor image{graph.type(graph.inputs[0]).shape, {picture.begin(), picture.end()}};
  const auto results = interpret(graph, std::vector{image});
  EXPECT_TRUE(results) << results.error().text();
  return (*results)[0].data;
}

std::vector<std::string_view> ops_of(const Graph& graph) {
  std::vector<std::string_view> names;
  for (const Node& node : graph.nodes) names.push_back(node.op->name);
  return names;
}

TEST(CoreMlIntegers, AnswerAsTheIntegersDo) {
  const Model model = in_integers(tiny_model());
  ASSERT_TRUE(coreml::has_integer_ops(model.graph));
  const auto read = through_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos17});
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_FALSE(coreml::has_integer_ops(read->model.graph));
  double worst = 0, apart = 0;
  const CalibrationSet pictures = random_pictures(model.graph, 6);
  const std::vector<double> first = scores_of(model.graph, pictures.example(0));
  for (std::int64_t i = 0; i < pictures.size(); ++i) {
    const auto a = scores_of(model.graph, pictures.example(i)), b = scores_of(read->model.graph, pictures.example(i));
    for (std::size_t k = 0; k < a.size(); ++k) {
      worst = std::max(worst, std::abs(a[k] - b[k]));
      apart = std::max(apart, std::abs(a[k] - first[k]));
    }
  }
  EXPECT_LT(worst, 1e-3);
  EXPECT_GT(apart, 20 * worst) << "all pictures look alike: nothing was tested";
}

// Written again it is the same.
TEST(CoreMlIntegers, ComeBackAsTheyWereWritten) {
  const MlProgramOptions options{.precision = DType::kF32, .at_least = IosVersion::kIos17};
  const auto once = through_program(in_integers(tiny_model()), options);
  ASSERT_TRUE(once) << once.error().text();
  const auto twice = through_program(once->model, options);
  ASSERT_TRUE(twice) << twice.error().text();
  expect_same_model(twice->model, once->model);
}

// Layers are in front of what rounds them, clamps before that; weights are dequantised constants.
TEST(CoreMlIntegers, StandBetweenQuantizeAndDequantize) {
  GraphBuilder b("net");
  const std::vector<float> numbers(3, 0.5F);
  ValueId x = b.input("x", {DType::kF32, {1, 2, 2, 3}});
  x = b.call(op::conv2d, {x, b.constant(Tensor::f32({1, 1, 1, 3}, numbers))});
  x = b.call(op::relu6, {x});
  b.output(b.call(op::conv2d, {x, b.constant(Tensor::f32({2, 1, 1, 1}, std::vector<float>{1, 2}))}));
  const Model model = in_integers({.graph = b.finish().value()});
  const auto graph = coreml::ops_in_floats(model.graph);
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_THAT(ops_of(*graph), ElementsAre("quantize", "dequantize", "dequantize", "conv2d", "relu6", "quantize",
                                          "dequantize", "dequantize", "conv2d", "quantize", "dequantize"));
}

TEST(CoreMlIntegers, NeedIos17AndEightBits) {
  const auto early = through_program(in_integers(tiny_model()), {.at_least = IosVersion::kIos16});
  ASSERT_FALSE(early);
  EXPECT_THAT(early.error().text(), HasSubstr("quantised activations need iOS 17"));
  const auto wide =
      through_program(in_integers(tiny_model(), QuantForm::kStaticWi8Ai16), {.at_least = IosVersion::kIos18});
  ASSERT_FALSE(wide);
  EXPECT_THAT(wide.error().text(), HasSubstr("does not exist in Core ML"));
}

}  // namespace
}  // namespace paw::integer_ops_test
