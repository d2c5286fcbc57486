#include "pipeline/why_plan.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"
#include "runtime/plan.h"

namespace paw::why_plan_test {

// Photo, features of 4 channels, their average, 3 logits over a divisor of that shape, softmax.
Model classifier(Shape divisor) {
  GraphBuilder b("net");
  const ValueId x = b.input("image", {DType::kF32, {1, 5, 5, 3}});
  const auto constant = [&](const Shape& shape) {
    return b.constant(Tensor::f32(shape, std::vector<float>(static_cast<std::size_t>(shape.elements()), 0.5f)));
  };
  const ValueId features = b.call(op::relu, {b.call(op::conv2d, {x, constant({4, 1, 1, 3})})});
  const ValueId mean = b.call(op::reduce_mean, {features}, ReduceAttrs{.axes = {1, 2}});
  const ValueId logits = b.call(op::fully_connected, {mean, constant({3, 4})});
  b.output(b.call(op::softmax, {b.call(op::div, {logits, constant(divisor)})}));
  Model model;
  model.graph = *b.finish();
  return model;
}

TEST(WhyPlan, ADivisorOfAllClassesIsPassed) {
  const auto plans = app_plans(app_graph(classifier({1, 1})));
  ASSERT_TRUE(plans) << plans.error().text();
  ASSERT_TRUE(plans->why);
  const auto main = Plan::load(plans->main, "main"), why = Plan::load(*plans->why, "why");
  ASSERT_TRUE(main && why);
  ASSERT_EQ(main->outputs().size(), 2u);
  EXPECT_EQ(main->outputs()[1].type.shape, (Shape{1, 5, 5, 4}));
  EXPECT_EQ(why->outputs()[0].type.shape, (Shape{1, 5, 5, 3}));
}

TEST(WhyPlan, OneForEachClassIsNot) {
  const auto plans = app_plans(app_graph(classifier({1, 3})));
  ASSERT_TRUE(plans) << plans.error().text();
  EXPECT_FALSE(plans->why);
  EXPECT_EQ(Plan::load(plans->main, "main")->outputs().size(), 1u);
}

TEST(AppGraph, IntegersInsideAreFloatsOutside) {
  GraphBuilder b("net");
  const ValueId x = b.input("image", {DType::kU8, {1, 2, 2, 3}, per_tensor(1.0f / 255, 0)});
  b.output(b.call(op::reshape, {x}, ShapeAttrs{{1, 12}}));
  Model model;
  model.graph = *b.finish();
  const auto real = with_real_ports(app_graph(model));
  ASSERT_TRUE(real) << real.error().text();
  const Graph& graph = real->main;
  EXPECT_EQ(graph.type(graph.inputs[0]), TensorType(DType::kF32, {1, 2, 2, 3}));
  EXPECT_EQ(graph[graph.inputs[0]].name, "image");
  EXPECT_EQ(graph.type(graph.outputs[0]), TensorType(DType::kF32, {1, 12}));
  ASSERT_EQ(graph.nodes.size(), 3u);
  EXPECT_EQ(graph.nodes[0].op, &op::quantize);
  EXPECT_EQ(graph.nodes[2].op, &op::dequantize);
}

TEST(AppGraph, IntegersThatAreNoRealNumbersAreRefused) {
  GraphBuilder b("net");
  b.output(b.call(op::reshape, {b.input("ids", {DType::kI32, {1, 4}})}, ShapeAttrs{{4}}));
  Model model;
  model.graph = *b.finish();
  const auto real = with_real_ports(app_graph(model));
  ASSERT_FALSE(real);
  EXPECT_EQ(real.error().code, ErrorCode::kUnsupported);
}

}  // namespace paw::why_plan_test
