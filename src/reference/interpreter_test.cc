#include "reference/interpreter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "ir/builder.h"
#include "ops/cast.h"
#include "ops/ops.h"

namespace paw::interpreter_test {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

RefTensor vector_of(std::vector<double> values) {
  return {Shape{static_cast<std::int64_t>(values.size())}, std::move(values)};
}

// y = x + 0.1f + x, z = x + 0.1f.
Graph sums(DType dtype) {
  GraphBuilder b("sums");
  const ValueId x = b.input("x", {dtype, {2}});
  const ValueId z = b.call(op::add, {x, b.scalar(0.1, dtype)});
  b.output(b.call(op::add, {z, x}));
  b.output(z);
  return *b.finish();
}

TEST(Interpreter, RunsNodesInOrderAndReturnsEveryOutput) {
  const RefTensor x = vector_of({1, -2});
  const auto result = interpret(sums(DType::kF64), std::span(&x, 1));
  ASSERT_TRUE(result);
  EXPECT_THAT((*result)[0].data, ElementsAre(1 + 0.1 + 1, -2 + 0.1 - 2));
  EXPECT_THAT((*result)[1].data, ElementsAre(1 + 0.1, -2 + 0.1));
}

TEST(Interpreter, RoundsToTheTypeUnlessAskedNotTo) {
  const RefTensor x = vector_of({1.0 / 3, 1e8});
  const Graph graph = sums(DType::kF32);
  const auto rounded = interpret(graph, std::span(&x, 1));
  const auto exact = interpret(graph, std::span(&x, 1), {.round_to_type = false, .observe = {}});
  ASSERT_TRUE(rounded && exact);
  const float z = static_cast<float>(1.0 / 3) + 0.1f;
  EXPECT_EQ((*rounded)[1].data[0], static_cast<double>(z));
  EXPECT_EQ((*exact)[1].data[0], 1.0 / 3 + static_cast<double>(0.1f));
}

TEST(Interpreter, RoundsQuantisedValuesEvenWhenFloatsStayDoubles) {
  GraphBuilder b("q");
  const auto quant = per_tensor(0.5f, 3);
  const ValueId x = b.input("x", {DType::kI8, {4}, quant});
  b.output(b.call(op::add, {x, x}, {}, {.name = "y", .source = "", .quant = per_tensor(1.0f, 0)}));
  const auto graph = b.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  const RefTensor in = vector_of({0.7, 0.8, -1000, 1000});  // stored as 1, 2, -128, 127: real 0.5, 1, -65.5, 62
  const auto result = interpret(*graph, std::span(&in, 1), {.round_to_type = false, .observe = {}});
  ASSERT_TRUE(result);
  EXPECT_THAT((*result)[0].data, ElementsAre(1, 2, -128, 124));
}

TEST(Interpreter, ComputesWithIntegersExactly) {
  GraphBuilder b("i");
  const ValueId x = b.input("x", {DType::kI64, {2}});
  b.output(b.call(op::add, {x, x}));
  const auto graph = b.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  const RefTensor in = vector_of({4503599627370495.0, -4503599627370495.0});
  const auto result = interpret(*graph, std::span(&in, 1));
  ASSERT_TRUE(result);
  EXPECT_THAT((*result)[0].data, ElementsAre(9007199254740990.0, -9007199254740990.0));
}

TEST(Interpreter, ShowsEachNodesOutputs) {
  const RefTensor x = vector_of({1, 2});
  std::vector<double> seen;
  InterpretOptions options;
  options.observe = [&](NodeId node, std::span<const RefTensor> outputs) {
    seen.push_back(node.index);
    seen.push_back(outputs[0].data[1]);
  };
  ASSERT_TRUE(interpret(sums(DType::kF64), std::span(&x, 1), options));
  EXPECT_THAT(seen, ElementsAre(0, 2 + 0.1, 1, 2 + 0.1 + 2));
}

TEST(Interpreter, ReturnsInputsAndConstantsThatAreOutputs) {
  GraphBuilder b("through");
  const ValueId x = b.input("x", {DType::kF32, {1}});
  b.output(x);
  b.output(b.scalar(4));
  b.output(x);
  const auto graph = b.finish();
  ASSERT_TRUE(graph);
  const RefTensor in = vector_of({3});
  const auto result = interpret(*graph, std::span(&in, 1));
  ASSERT_TRUE(result);
  EXPECT_EQ((*result)[0].data[0], 3);
  EXPECT_EQ((*result)[1].data[0], 4);
  EXPECT_EQ((*result)[2].data[0], 3);
}

TEST(Interpreter, RefusesWrongInputs) {
  const Graph graph = sums(DType::kF32);
  const auto none = interpret(graph, {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kBadData);
  EXPECT_THAT(none.error().text(), HasSubstr("takes 1 inputs, got 0"));

  const RefTensor three = vector_of({1, 2, 3});
  const auto shape = interpret(graph, std::span(&three, 1));
  ASSERT_FALSE(shape);
  EXPECT_EQ(shape.error().code, ErrorCode::kBadData);
  EXPECT_THAT(shape.error().text(), HasSubstr("%x expects f32[2], got shape [3]"));

  const RefTensor torn{Shape{2}, {1}};
  EXPECT_FALSE(interpret(graph, std::span(&torn, 1)));
}

TEST(Interpreter, EvaluatesASingleNode) {
  const TensorType type{DType::kF32, {2}};
  const TensorType* types[] = {&type, &type};
  const RefTensor a = vector_of({1, 2}), b = vector_of({10, 20});
  const RefTensor* inputs[] = {&a, &b};
  const OpCall call{op::add, {}, types, "s"};
  const auto result = evaluate_node(call, inputs, std::span(&type, 1));
  ASSERT_TRUE(result);
  EXPECT_THAT((*result)[0].data, ElementsAre(11, 22));

  const RefTensor* missing[] = {&a, nullptr};
  EXPECT_FALSE(evaluate_node(call, missing, std::span(&type, 1)));
  EXPECT_FALSE(evaluate_node(call, std::span(inputs, 1), std::span(&type, 1)));
  const RefTensor wide = vector_of({1, 2, 3});
  const RefTensor* misfit[] = {&a, &wide};
  EXPECT_FALSE(evaluate_node(call, misfit, std::span(&type, 1)));
}

TEST(Interpreter, ConvertsTensorsBothWays) {
  const TensorType type{DType::kI8, {3}, per_tensor(0.25f, -1)};
  const std::vector<double> stored = {-1, 3, 127};
  const RefTensor real = to_ref(tensor_from_stored(type, stored));
  EXPECT_THAT(real.data, ElementsAre(0, 1, 32));
  EXPECT_EQ(stored_values(from_ref(type, real)), stored);
}

}  // namespace paw::interpreter_test
