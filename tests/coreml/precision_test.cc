// Which part of a float16 program computes in float32: what stands behind the last op on pixels.
#include "formats/coreml/program/precision.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare.h"
#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"

namespace paw::precision_test {
namespace {

using ::testing::ElementsAre;

// Flags of the nodes of a finished graph.
std::vector<bool> flags_behind(GraphBuilder& b, ValueId output) {
  b.output(output);
  return coreml::behind_pixels(b.finish().value());
}

TEST(CoreMlBehindPixels, StartsBehindTheLastReductionOverPixels) {
  GraphBuilder b("g");
  ValueId x = b.call(op::relu, {b.input("image", {DType::kF32, {1, 4, 4, 3}})});
  // Squeeze and excite: its narrow part ends in pixels again.
  const ValueId gate = b.call(op::sigmoid, {b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}, true})});
  x = b.call(op::mul, {x, gate});
  x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}});
  x = b.call(op::softmax, {b.call(op::square, {x})});
  EXPECT_THAT(flags_behind(b, x), ElementsAre(false, false, false, false, false, true, true));
}

TEST(CoreMlBehindPixels, StartsBehindAFlattening) {
  GraphBuilder b("g");
  ValueId x = b.call(op::relu, {b.input("image", {DType::kF32, {1, 2, 2, 3}})});
  x = b.call(op::reshape, {x}, ShapeAttrs{{1, 12}});
  EXPECT_THAT(flags_behind(b, b.call(op::softmax, {x})), ElementsAre(false, false, true));
}

// Nothing of a model without pixels is behind them, and nothing of one whose answer is an image.
TEST(CoreMlBehindPixels, NeedsPixelsBeforeAndNoneAfter) {
  GraphBuilder rows("rows");
  EXPECT_THAT(flags_behind(rows, rows.call(op::relu, {rows.input("x", {DType::kF32, {1, 12}})})), ElementsAre(false));
  GraphBuilder image("image");
  const ValueId x = image.input("x", {DType::kF32, {1, 2, 2, 3}});
  const ValueId mean = image.call(op::square, {image.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}, true})});
  EXPECT_THAT(flags_behind(image, image.call(op::sub, {x, mean})), ElementsAre(false, false, false));
}

// The constants of that part are not rounded, those of the rest are.
TEST(CoreMlBehindPixels, KeepsTheWeightsOfTheEnd) {
  const Model model = coreml_testing::tiny_model();
  const auto read = coreml_testing::through_program(model, {});
  ASSERT_TRUE(read) << read.error().text();
  const auto weights = [](const Graph& graph, const OpDef& op) {
    for (const Node& node : graph.nodes) {
      ValueId id = node.inputs.size() > 1 ? node.inputs[1] : ValueId{};
      if (node.op != &op) continue;
      if (!graph.is_constant(id)) id = graph[Uses(graph).producer(id)].inputs[0];
      return real_values(graph.tensor(id));
    }
    return std::vector<double>{};
  };
  EXPECT_EQ(weights(read->model.graph, op::fully_connected), weights(model.graph, op::fully_connected));
  EXPECT_NE(weights(read->model.graph, op::conv2d), weights(model.graph, op::conv2d));
}

// An average of pixels, a convolution of the one that is left when `pixel`, and a dense layer; both of many weights.
Model wide_end(bool pixel) {
  GraphBuilder b("wide");
  const auto weights = [&](const Shape& shape) {
    std::vector<float> numbers(static_cast<std::size_t>(shape.elements()));
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<float>(i % 997) / 3000 - 0.16f;
    return b.constant(Tensor::f32(shape, numbers));
  };
  ValueId x = b.call(op::relu, {b.input("image", {DType::kF32, {1, 4, 4, 128}})});
  x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}, pixel});
  if (pixel) {
    x = b.call(op::conv2d, {x, weights({256, 1, 1, 128}), weights({256})});
    x = b.call(op::reshape, {x}, ShapeAttrs{{1, 256}});
  }
  const std::int64_t features = pixel ? 256 : 128;
  x = b.call(op::fully_connected, {x, weights({300, features}), weights({300})});
  b.output(b.call(op::softmax, {x}));
  return {.graph = b.finish().value()};
}

// They are stored in float16 and computed with in float32: what comes back has a cast before each.
TEST(CoreMlBehindPixels, StoresManyWeightsOfTheEndInHalf) {
  for (const bool pixel : {false, true}) {
    const Model model = wide_end(pixel);
    const MlPackage package = write_ml_program(model, {}).value();
    std::int64_t weights = 0, casts = 0;
    for (const Value& value : model.graph.values) weights += value.constant ? value.type.shape.elements() : 0;
    EXPECT_LT(package.weights.size(), static_cast<std::size_t>(weights * 2 + 8192));
    const auto read = coreml_testing::through_program(model, {});
    ASSERT_TRUE(read) << read.error().text();
    for (const Node& node : read->model.graph.nodes) {
      EXPECT_NE(node.op, &op::matmul);
      if (node.op != &op::fully_connected) continue;
      casts += read->model.graph.is_constant(node.inputs[1]) ? 0 : 1;
      EXPECT_TRUE(node.inputs.size() > 2 && node.inputs[2].valid());
    }
    EXPECT_EQ(casts, pixel ? 2 : 1);
  }
}

// Zeros take a bit each and what is left two bytes, also where the op computes in float32.
TEST(CoreMlBehindPixels, StoresManySparseWeightsOfTheEndInHalf) {
  const MlProgramOptions options{.at_least = IosVersion::kIos16};
  for (const bool pixel : {false, true}) {
    Model model = wide_end(pixel);
    std::int64_t kept = 0, all = 0, sparse = 0;
    for (Value& value : model.graph.values) {
      if (!value.constant || value.type.shape.rank() < 2) continue;
      std::vector<double> numbers = stored_values({value.type, *value.constant});
      for (std::size_t i = 0; i < numbers.size(); i += 2) numbers[i] = 0;
      value.constant = tensor_from_stored(value.type, numbers).data;
      value.encoding = Encoding{.kind = Encoding::Kind::kSparse};
      kept += std::ranges::count_if(numbers, [](double v) { return v != 0; });
      all += value.type.shape.elements();
      ++sparse;
    }
    const MlPackage package = write_ml_program(model, options).value();
    EXPECT_LT(package.weights.size(), static_cast<std::size_t>(kept * 2 + all / 8 + 4096));
    const auto read = coreml_testing::through_program(model, options);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(std::ranges::count_if(read->model.graph.values, [](const Value& v) { return v.encoding.has_value(); }),
              sparse);
    const auto again = coreml_testing::through_program(read->model, options);
    ASSERT_TRUE(again) << again.error().text();
    coreml_testing::expect_same_model(again->model, read->model);
  }
}

}  // namespace
}  // namespace paw::precision_test
