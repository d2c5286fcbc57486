// Sums, differences and products with constants in a NeuralNetwork: which layers they become, and what comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare.h"
#include "coreml_testing.h"
#include "reference/interpreter.h"

namespace paw::network_constants_test {
namespace {

using namespace coreml_testing;
using ::testing::ElementsAre;
using Kind = coreml::schema::Layer::KindCase;

// `op` on a computed value of `shape` and a constant of `extents`; `first`: the constant is the left operand.
Model with_constant_operand(const OpDef& op, const Shape& shape, const Shape& extents, bool first = false) {
  GraphBuilder b("g");
  const ValueId x = b.input("x", {DType::kF32, shape});
  std::vector<float> values;
  for (std::int64_t i = 0; i < extents.elements(); ++i) values.push_back(static_cast<float>(i) * 0.3f + 0.7f);
  const ValueId c = b.constant(Tensor::f32(extents, values));
  b.output(first ? b.call(op, {c, x}) : b.call(op, {x, c}));
  Model model;
  model.graph = b.finish().value();
  return model;
}

std::vector<Kind> layers_of(const Model& model) {
  const Bytes file = write_neural_network(model).value();
  const coreml::schema::Model message = **coreml::parse_model(file.span(), "file");
  std::vector<Kind> kinds;
  for (const auto& layer : message.network().layers()) kinds.push_back(layer.kind_case());
  return kinds;
}

void expect_same_numbers(const Model& model) {
  const auto read = through_network(model);
  ASSERT_TRUE(read) << read.error().text();
  const Shape& shape = model.graph.type(model.graph.inputs[0]).shape;
  RefTensor x{shape, {}};
  for (std::int64_t i = 0; i < shape.elements(); ++i) x.data.push_back(std::sin(static_cast<double>(i)));
  const auto before = interpret(model.graph, std::vector{x}), after = interpret(read->model.graph, std::vector{x});
  ASSERT_TRUE(before && after);
  EXPECT_EQ((*before)[0].data, (*after)[0].data);
}

TEST(NetworkConstants, OnePerChannelLieInTheLayer) {
  const Shape image{1, 2, 2, 3}, channels{3};
  EXPECT_THAT(layers_of(with_constant_operand(op::add, image, channels)), ElementsAre(Kind::kBias));
  EXPECT_THAT(layers_of(with_constant_operand(op::sub, image, channels)), ElementsAre(Kind::kBias));
  EXPECT_THAT(layers_of(with_constant_operand(op::mul, image, channels)), ElementsAre(Kind::kScale));
  EXPECT_THAT(layers_of(with_constant_operand(op::sub, image, channels, true)),
              ElementsAre(Kind::kMultiply, Kind::kBias));
  for (const bool first : {false, true}) {
    for (const OpDef* op : {&op::add, &op::sub, &op::mul}) {
      expect_same_numbers(with_constant_operand(*op, image, channels, first));
    }
  }
}

TEST(NetworkConstants, ANumberLiesInTheLayer) {
  const Shape image{1, 2, 2, 3};
  EXPECT_THAT(layers_of(with_constant_operand(op::sub, image, {})), ElementsAre(Kind::kAdd));
  EXPECT_THAT(layers_of(with_constant_operand(op::sub, image, {}, true)), ElementsAre(Kind::kMultiply, Kind::kAdd));
  for (const bool first : {false, true}) expect_same_numbers(with_constant_operand(op::sub, image, {}, first));
}

// Channels are what images have: rows of features become images of one pixel, and are rows again when read.
TEST(NetworkConstants, RowsOfFeaturesGoThroughImages) {
  const Model model = with_constant_operand(op::add, {2, 5}, Shape{5});
  EXPECT_THAT(layers_of(model), ElementsAre(Kind::kReshapeStatic, Kind::kBias, Kind::kReshapeStatic));
  const auto read = through_network(model);
  ASSERT_TRUE(read) << read.error().text();
  expect_equal(read->model.graph, model.graph);
  expect_same_numbers(with_constant_operand(op::sub, {2, 5}, {1, 5}));
  expect_same_numbers(with_constant_operand(op::sub, {2, 5}, {1, 5}, true));
  expect_same_numbers(with_constant_operand(op::mul, {2, 3, 5}, Shape{5}));
}

// Constants that differ between pixels, and operands of division, are layers of their own.
TEST(NetworkConstants, OthersAreLoaded) {
  const Shape image{1, 2, 2, 3};
  EXPECT_THAT(layers_of(with_constant_operand(op::add, image, image)),
              ElementsAre(Kind::kLoadConstantNd, Kind::kAddBroadcast));
  EXPECT_THAT(layers_of(with_constant_operand(op::div, image, Shape{3})),
              ElementsAre(Kind::kLoadConstantNd, Kind::kDivideBroadcast));
  expect_same_numbers(with_constant_operand(op::div, image, Shape{3}));
}

}  // namespace
}  // namespace paw::network_constants_test
