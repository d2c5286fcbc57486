#include "pipeline/net_runner.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ir/builder.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::net_runner_test {

// A net of integers takes and gives real numbers.
TEST(NetRunner, QuantisesInputsAndDequantisesScores) {
  GraphBuilder b("bytes");
  const ValueId x = b.input("x", {DType::kU8, {1, 4}, per_tensor(0.5f, 10)});
  b.output(b.call(op::relu, {x}, {}, {"y", {}, per_tensor(0.25f, 0)}));
  const auto graph = b.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  Model model;
  model.graph = *graph;
  for (const bool every_node : {false, true}) {
    auto runner = NetRunner::create(model, 1, every_node);
    ASSERT_TRUE(runner) << runner.error().text();
    const float given[] = {1.6f, -3.0f, 1000.0f, 0.0f}, expected[] = {1.5f, 0.0f, 63.75f, 0.0f};
    ASSERT_EQ(runner->input().size(), 4u);
    std::ranges::copy(given, runner->input().begin());
    runner->run();
    ASSERT_EQ(runner->scores().size(), 4u);
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(runner->scores()[i], expected[i]) << i;
  }
}

// Halves, both ends and what lies beyond them.
TEST(NetRunner, StoresEveryNumberAsTensorsDo) {
  for (const DType dtype : {DType::kU8, DType::kI8}) {
    const TensorType type{dtype, {1, 4096}, per_tensor(0.5f, dtype == DType::kU8 ? 10 : 0)};
    GraphBuilder b("bytes");
    b.output(b.call(op::reshape, {b.input("x", type)}, ShapeAttrs{{4096}}));
    const auto graph = b.finish();
    ASSERT_TRUE(graph) << graph.error().text();
    Model model;
    model.graph = *graph;
    auto runner = NetRunner::create(model, 1, false);
    ASSERT_TRUE(runner) << runner.error().text();
    std::vector<double> wanted;
    for (std::size_t i = 0; i < 4096; ++i) {
      runner->input()[i] = i == 0 ? NAN : (static_cast<float>(i) - 2048) / 16;
      wanted.push_back(runner->input()[i]);
    }
    runner->run();
    const std::vector<double> stored = real_values(tensor_from_real(type, wanted));
    for (std::size_t i = 0; i < 4096; ++i) ASSERT_EQ(runner->scores()[i], stored[i]) << name(dtype) << " " << wanted[i];
  }
}

}  // namespace paw::net_runner_test
