// Quantisation-aware training through a file: what is stored is what was simulated.
#include <gtest/gtest.h>

#include "base/random.h"
#include "formats/tflite/tflite_file.h"
#include "nets/blocks.h"
#include "ops/ops.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/quantise.h"
#include "optimize/simulate.h"
#include "passes/export_form.h"
#include "reference/interpreter.h"

namespace paw::trained_integers_test {

Graph separable_net() {
  NetBuilder net(*find_net("pawnet"), {.size = 16, .classes = 4, .seed = 3});
  ValueId x = net.conv_bn_act(net.image(), "stem", {8, 3, 2}, &op::relu6);
  x = net.depthwise_bn_act(x, "dw", 3, 1, &op::relu6);
  x = net.conv_bn_act(x, "pw", {8}, &op::hard_swish);
  return export_form(*net.finish(net.global_mean(x), 0))->graph;
}

// What layers of a simulation multiply and add, in order.
std::vector<RefTensor> simulated_constants(Graph simulation) {
  RefTensor image{simulation.type(simulation.inputs[0]).shape, {}};
  image.data.resize(static_cast<std::size_t>(image.shape.elements()));
  simulation.outputs.clear();
  for (const Node& node : simulation.nodes) {
    if (node.op != &op::conv2d && node.op != &op::depthwise_conv2d && node.op != &op::fully_connected) continue;
    simulation.outputs.push_back(node.inputs[1]);
    simulation.outputs.push_back(node.inputs[2]);
  }
  return *interpret(simulation, std::span(&image, 1));
}

TEST(TrainedIntegers, AreInTheFileAsTheyWereSimulated) {
  const Graph floats = separable_net();
  CalibrationSet examples{floats.type(floats.inputs[0]).shape, {}};
  Random random(5);
  for (int i = 0; i < 8; ++i) {
    for (float& v : examples.add()) v = static_cast<float>(random.uniform(-1, 1));
  }
  QuantisedGraph quantised = *quantise(floats, examples, {});
  Graph simulation = *simulate(quantised.graph, quantised.floats);
  for (Value& value : simulation.values) {  // as if trained
    if (!value.name.starts_with("trained/")) continue;
    std::vector<float> moved;
    for (const float w : Tensor{value.type, *value.constant}.as<float>()) {
      moved.push_back(w * static_cast<float>(random.uniform(0.7, 1.3)));
    }
    value.constant = Tensor::f32(value.type.shape, moved).data;
  }
  ASSERT_TRUE(take_trained(quantised.graph, simulation));
  const auto file = write_tflite({.graph = quantised.graph});
  ASSERT_TRUE(file) << file.error().text();
  const auto read = read_tflite(*file, "trained.tflite");
  ASSERT_TRUE(read) << read.error().text();
  const Graph& stored = read->model.graph;
  const std::vector<NodeId> layers = layers_of(stored);
  const std::vector<RefTensor> simulated = simulated_constants(simulation);
  ASSERT_EQ(simulated.size(), 2 * layers.size());
  ASSERT_EQ(layers.size(), 4U);
  for (std::size_t i = 0; i < simulated.size(); ++i) {
    const ValueId constant = stored[layers[i / 2]].inputs[1 + i % 2];
    ASSERT_TRUE(stored.type(constant).quant);
    EXPECT_EQ(stored.type(constant).dtype, i % 2 == 0 ? DType::kI8 : DType::kI32);
    const std::vector<double> real = real_values(stored.tensor(constant));
    ASSERT_EQ(real.size(), simulated[i].data.size());
    for (std::size_t k = 0; k < real.size(); ++k) {
      EXPECT_EQ(static_cast<float>(real[k]), static_cast<float>(simulated[i].data[k])) << i << ", " << k;
    }
  }
}

}  // namespace paw::trained_integers_test
