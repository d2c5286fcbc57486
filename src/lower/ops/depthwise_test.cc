// Depthwise convolution and its gradients through lowering, plan and executor.
#include "lower/ops/lower_testing.h"
#include "ops/conv2d.h"

namespace paw::depthwise_test {

// More rows than chunks: their sums are added up by a step of its own.
TEST(LowerDepthwise, ManyRows) {
  Random random(31);
  const DepthwiseConv2dAttrs attrs{.stride = {2, 2}, .padding = Padding::kSame};
  const OpCase weights{.name = "many",
                       .inputs = {{.type = {DType::kF32, {3, 70, 9, 20}}}, {.type = {DType::kF32, {3, 35, 5, 20}}}},
                       .attrs = DepthwiseConv2dGradAttrs{attrs, {1, 5, 5, 20}}};
  const OneNode one = one_node(op::depthwise_conv2d_grad_weights, weights, random);
  ASSERT_TRUE(one.graph) << one.graph.error().text();
  EXPECT_EQ(expect_plan_like_reference(*one.graph, one.inputs, 1e-5, "many rows").size(), 2u);
}

}  // namespace paw::depthwise_test
