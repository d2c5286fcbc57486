#include "optimize/quantize/learn_halves.h"

#include <gtest/gtest.h>

#include "ops/ops.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/quantise_testing.h"
#include "tensor/half.h"

namespace paw::learn_halves_test {

float half(float v) { return half_to_float(double_to_half(double{v})); }

Graph with_nearest(Graph graph) {
  for (const NodeId layer : layers_of(graph)) {
    for (const std::size_t i : {1u, 2u}) {
      const ValueId id = graph[layer].inputs[i];
      std::vector<double> values = real_values(graph.tensor(id));
      for (double& v : values) v = half(static_cast<float>(v));
      set_constant(graph, id, tensor_from_real(graph.type(id), values));
    }
  }
  return graph;
}

// A wide layer and a depthwise one, as nets have them.
Graph net() {
  GraphBuilder b("net");
  Random random(3);
  const auto numbers = [&](Shape shape) {
    std::vector<float> v(static_cast<std::size_t>(shape.elements()));
    for (float& x : v) x = static_cast<float>(random.uniform(-1, 1));
    return b.constant(Tensor::f32(shape, v));
  };
  ValueId x = b.input("x", {DType::kF32, {1, 8, 8, 4}});
  x = b.call(op::relu6, {b.call(op::conv2d, {x, numbers({32, 1, 1, 4}), numbers(Shape{32})})});
  x = b.call(op::relu6, {b.call(op::depthwise_conv2d, {x, numbers({1, 3, 3, 32}), numbers(Shape{32})},
                                DepthwiseConv2dAttrs{.padding = Padding::kSame})});
  b.output(b.call(op::conv2d, {x, numbers({8, 1, 1, 32}), numbers(Shape{8})}));
  return *b.finish();
}

TEST(LearnHalves, AnswersAreNearerThanThoseOfTheNearestNumbers) {
  const Graph graph = net();
  const CalibrationSet examples = alike_examples(graph, 60), others = alike_examples(graph, 20, 8);
  Graph learned = graph;
  const auto done = learn_halves(learned, examples, {}, {});
  ASSERT_TRUE(done) << done.error().text();
  EXPECT_LT(mean_difference(graph, learned, others), 0.5 * mean_difference(graph, with_nearest(graph), others));
  for (const NodeId layer : layers_of(learned)) {
    for (const std::size_t i : {1u, 2u}) {
      const Tensor constant = learned.tensor(learned[layer].inputs[i]);
      for (const float v : constant.as<float>()) EXPECT_EQ(half(v), v);
    }
  }
}

// What leaves float16 stays, and is left to whoever writes it.
TEST(LearnHalves, WeightsThatLeaveFloat16Stay) {
  Graph graph = net();
  const ValueId weights = graph[layers_of(graph)[2]].inputs[1];
  std::vector<double> values = real_values(graph.tensor(weights));
  values[0] = 1e6;
  set_constant(graph, weights, tensor_from_real(graph.type(weights), values));
  Graph learned = graph;
  ASSERT_TRUE(learn_halves(learned, random_examples(graph, 10), {}, {}));
  EXPECT_EQ(real_values(learned.tensor(weights)), values);
}

}  // namespace paw::learn_halves_test
