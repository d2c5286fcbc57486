// Convolutions, their gradients and dense products as plans on every tier, against the reference: each op's own cases
// with weights that are inputs of the graph, and larger ones.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

#include "lower/plan_testing.h"
#include "ops/conv2d.h"
#include "ops/matmul.h"

namespace paw::conv_slow_test {

RefTensor random_tensor(const Shape& shape, Random& random) {
  RefTensor out{shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))};
  for (double& v : out.data) v = static_cast<float>(random.uniform(-1, 1));
  return out;
}

// One node whose operands are all inputs of the graph.
void expect_node_like_reference(const OpDef& op, const std::vector<Shape>& shapes, const Attrs& attrs, double terms,
                                const std::string& what) {
  Random random(21);
  GraphBuilder b("node");
  std::vector<RefTensor> inputs;
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    operands.push_back(b.input("in" + std::to_string(i), {DType::kF32, shapes[i]}));
    inputs.push_back(random_tensor(shapes[i], random));
  }
  b.output(b.call(op, operands, attrs));
  const auto graph = b.finish();
  ASSERT_TRUE(graph.has_value()) << what;
  expect_plan_like_reference(*graph, inputs, 2e-6 * (1 + terms), what);
}

TEST(LowerConv, EveryCaseOfEveryOpAgreesWithTheReference) {
  for (const OpDef* op :
       {&op::conv2d, &op::fully_connected, &op::conv2d_grad_input, &op::conv2d_grad_weights, &op::matmul}) {
    int run = 0;
    for (const OpCase& c : op->cases()) {
      std::vector<Shape> shapes;
      for (const CaseInput& input : c.inputs) {
        if (!input.absent) shapes.push_back(input.type.shape);
      }
      expect_node_like_reference(*op, shapes, c.attrs, 100, std::string(op->name) + " " + c.name);
      ++run;
    }
    EXPECT_GT(run, 2);
  }
}

// Several chunks of pixels, several parts of the window.
TEST(LowerConv, WeightGradientsInPartialSums) {
  expect_node_like_reference(op::conv2d_grad_weights, {{2, 64, 64, 5}, {2, 64, 64, 9}},
                             Conv2dGradAttrs{{}, {9, 1, 1, 5}}, 8192, "many pixels");
  expect_node_like_reference(op::conv2d_grad_weights, {{1, 9, 9, 70}, {1, 9, 9, 80}},
                             Conv2dGradAttrs{{.padding = Padding::kSame}, {80, 3, 3, 70}}, 81, "many weights");
  expect_node_like_reference(op::matmul, {{3000, 7}, {3000, 11}}, MatmulAttrs{.transpose_a = true}, 3000, "tall");
}

// relu_grad-like producer, then both gradients in its step.
TEST(LowerConv, PointwiseGradientsFollowInAGroup) {
  Random random(22);
  const Shape x{2, 56, 60, 24}, dy{2, 56, 60, 40};
  for (const bool weights : {true, false}) {
    GraphBuilder b("group");
    const ValueId px = b.input("x", {DType::kF32, x});
    const ValueId pdy = b.input("dy", {DType::kF32, dy});
    const ValueId pw = b.input("w", {DType::kF32, {40, 1, 1, 24}});
    const ValueId dz = b.call(op::mul, {pdy, pdy});
    const ValueId dx = b.call(op::conv2d_grad_input, {dz, pw}, Conv2dGradAttrs{{}, {2, 56, 60, 24}});
    const ValueId dw = b.call(op::conv2d_grad_weights, {px, dz}, Conv2dGradAttrs{{}, {40, 1, 1, 24}});
    b.output(weights ? dw : dx);
    b.output(weights ? dx : dw);
    const auto graph = b.finish();
    ASSERT_TRUE(graph.has_value());
    const std::vector<RefTensor> inputs = {random_tensor(x, random), random_tensor(dy, random),
                                           random_tensor({40, 1, 1, 24}, random)};
    expect_plan_like_reference(*graph, inputs, 2e-6 * (1 + 6720), "group");
  }
}

}  // namespace paw::conv_slow_test
