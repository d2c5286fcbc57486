// Batch norm through lowering, plan and executor: cases, clamps that cost no pass, groups that change no bit.
#include "ops/batch_norm.h"
#include <algorithm>
#include <limits>

#include "lower/plan_testing.h"
#include "ops/activation.h"
#include "ops/conv2d.h"

namespace paw::batch_norm_test {

RefTensor random_tensor(const Shape& shape, double lo, double hi, Random& random) {
  RefTensor out{shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))};
  for (double& v : out.data) v = static_cast<float>(random.uniform(lo, hi));
  return out;
}

// Convolution, norm, activation, and the gradient from its result back to the convolution's result.
struct Block {
  Graph graph;
  std::vector<RefTensor> inputs;
};

struct BlockOptions {
  const OpDef* activation = nullptr;
  bool also_masked = false;  // the masked gradient has a second reader
  bool frozen = false;       // mean and variance are given
};

Block block(const BlockOptions& options) {
  Random random(23);
  const Shape image{2, 20, 20, 8}, weights{24, 1, 1, 8}, result{2, 20, 20, 24}, row{24};
  GraphBuilder b("block");
  const ValueId x = b.input("x", {DType::kF32, image}), dy = b.input("dy", {DType::kF32, result});
  const ValueId scale = b.input("scale", {DType::kF32, row}), offset = b.input("offset", {DType::kF32, row});
  const ValueId w = b.constant(from_ref({DType::kF32, weights}, random_tensor(weights, -1, 1, random)));
  const ValueId conv = b.call(op::conv2d, {x, w, ValueId{}});
  std::vector<ValueId> norm;  // y, mean, variance
  if (options.frozen) {
    const ValueId mean = b.input("mean", {DType::kF32, row}), variance = b.input("variance", {DType::kF32, row});
    norm = {b.call(op::batch_norm, {conv, scale, offset, mean, variance}), mean, variance};
  } else {
    norm = b.call_all(op::batch_norm_training, std::vector{conv, scale, offset}, BatchNormAttrs{});
  }
  ValueId y = norm[0], masked = dy;
  if (options.activation != nullptr) {
    const ClampAttrs bounds{0, options.activation == &op::relu6 ? 6.0 : std::numeric_limits<double>::infinity()};
    y = b.call(*options.activation, {y});
    masked = b.call(op::clamp_grad, {dy, y}, bounds);
  }
  const std::vector<ValueId> grads = b.call_all(options.frozen ? op::batch_norm_grad : op::batch_norm_training_grad,
                                                std::vector{masked, conv, scale, norm[1], norm[2]}, BatchNormAttrs{});
  b.output(y);
  b.output(b.call(op::neg, {norm[2]}));
  for (const ValueId g : grads) b.output(g);
  if (options.also_masked) b.output(b.call(op::neg, {masked}));
  Block out{*b.finish(),
            {random_tensor(image, -1, 1, random), random_tensor(result, -1, 1, random),
             random_tensor(row, 0.5, 2, random), random_tensor(row, -1, 5, random)}};
  if (options.frozen) {
    out.inputs.push_back(random_tensor(row, -1, 1, random));
    out.inputs.push_back(random_tensor(row, 0.5, 2, random));
  }
  return out;
}

std::ptrdiff_t count(const std::vector<std::string>& kinds, const std::string& kind) {
  return std::ranges::count(kinds, kind);
}

TEST(LowerBatchNorm, ClampsCostNoPassForwardOrBackward) {
  for (const OpDef* activation : {&op::relu, &op::relu6}) {
    const Block b = block({activation});
    const auto kinds = expect_plan_like_reference(b.graph, b.inputs, 5e-4, std::string(activation->name));
    EXPECT_EQ(count(kinds, "binary_f32"), 0) << activation->name;
    EXPECT_EQ(count(kinds, "unary_f32"), 1) << activation->name;  // the negated variance
  }
}

TEST(LowerBatchNorm, FrozenClampsCostNoPassEither) {
  for (const OpDef* activation : {&op::relu, &op::relu6}) {
    const Block b = block({.activation = activation, .frozen = true});
    const auto kinds = expect_plan_like_reference(b.graph, b.inputs, 5e-4, std::string(activation->name));
    EXPECT_EQ(count(kinds, "binary_f32"), 2) << activation->name;  // of the gain, which is computed once
    EXPECT_EQ(count(kinds, "bn_stats_f32"), 0) << activation->name;
  }
  const Block plain = block({.frozen = true});
  expect_plan_like_reference(plain.graph, plain.inputs, 5e-4, "no activation");
}

// dx does not wait for the sums: both passes read dy while it is in the cache.
TEST(LowerBatchNorm, FrozenSumsAndGradientRunTogether) {
  Random random(31);
  const Shape shape{2, 20, 20, 24}, weights{24, 1, 1, 24}, row{24};
  GraphBuilder b("together");
  const ValueId dz = b.input("dz", {DType::kF32, shape}), x = b.input("x", {DType::kF32, shape});
  const ValueId w = b.constant(from_ref({DType::kF32, weights}, random_tensor(weights, -1, 1, random)));
  const ValueId scale = b.input("scale", {DType::kF32, row}), offset = b.input("offset", {DType::kF32, row});
  const ValueId mean = b.input("mean", {DType::kF32, row}), variance = b.input("variance", {DType::kF32, row});
  b.output(b.call(op::batch_norm, {x, scale, offset, mean, variance}));
  const ValueId dy = b.call(op::conv2d, {dz, w, ValueId{}});
  for (const ValueId g : b.call_all(op::batch_norm_grad, std::vector{dy, x, scale, mean, variance}, BatchNormAttrs{})) {
    b.output(g);
  }
  const Graph graph = *b.finish();
  std::vector<RefTensor> inputs = {random_tensor(shape, -1, 1, random), random_tensor(shape, -1, 1, random)};
  for (int i = 0; i < 4; ++i) inputs.push_back(random_tensor(row, 0.5, 2, random));
  expect_plan_like_reference(graph, inputs, 5e-4, "together");
  const auto file = lower(graph, {.deploy_passes = false});
  ASSERT_TRUE(file);
  const auto plan = Plan::load(*file, "test");
  ASSERT_TRUE(plan);
  std::uint32_t conv = 0, sums = 1, apply = 2;
  for (const PlanStep& step : plan->steps()) {
    if (std::string_view(step.def->name) == "conv_f32") conv = step.group;
    if (std::string_view(step.def->name) == "bn_grad_stats_f32") sums = step.group;
    if (std::string_view(step.def->name) == "bn_grad_apply_f32") apply = step.group;
  }
  EXPECT_EQ(conv, sums);
  EXPECT_EQ(conv, apply);
}

TEST(LowerBatchNorm, WithoutActivation) {
  const Block b = block({});
  expect_plan_like_reference(b.graph, b.inputs, 5e-4, "no activation");
}

TEST(LowerBatchNorm, AMaskThatOthersReadToo) {
  const Block b = block({&op::relu6, true});
  const auto kinds = expect_plan_like_reference(b.graph, b.inputs, 5e-4, "two readers");
  EXPECT_EQ(count(kinds, "binary_f32"), 1);
}

// The sums run right behind the convolution.
TEST(LowerBatchNorm, StatisticsFollowTheConvolution) {
  const Block b = block({&op::relu6});
  const auto file = lower(b.graph, {.deploy_passes = false});
  ASSERT_TRUE(file);
  const auto plan = Plan::load(*file, "test");
  ASSERT_TRUE(plan);
  std::uint32_t conv = 0, stats = 1;
  for (const PlanStep& step : plan->steps()) {
    if (std::string_view(step.def->name) == "conv_f32") conv = step.group;
    if (std::string_view(step.def->name) == "bn_stats_f32") stats = step.group;
  }
  EXPECT_EQ(conv, stats);
}

// The gradient of another norm, or with other bounds, is not masked by this one.
TEST(LowerBatchNorm, OtherBoundsAreNoMask) {
  Random random(29);
  const Shape shape{30, 5}, row{5};
  GraphBuilder b("other");
  const ValueId x = b.input("x", {DType::kF32, shape}), dy = b.input("dy", {DType::kF32, shape});
  const ValueId scale = b.input("scale", {DType::kF32, row}), offset = b.input("offset", {DType::kF32, row});
  const auto norm = b.call_all(op::batch_norm_training, std::vector{x, scale, offset}, BatchNormAttrs{});
  const ValueId y = b.call(op::relu6, {norm[0]});
  const ValueId narrow = b.call(op::clamp_grad, {dy, y}, ClampAttrs{0, 7});
  const ValueId before = b.call(op::clamp_grad, {dy, norm[0]}, ClampAttrs{-0.5, 0.5});
  for (const ValueId masked : {narrow, before}) {
    const auto grads =
        b.call_all(op::batch_norm_training_grad, std::vector{masked, x, scale, norm[1], norm[2]}, BatchNormAttrs{});
    for (const ValueId g : grads) b.output(g);
  }
  const std::vector<RefTensor> inputs = {random_tensor(shape, -3, 3, random), random_tensor(shape, -1, 1, random),
                                         random_tensor(row, 0.5, 2, random), random_tensor(row, 4, 7, random)};
  const auto kinds = expect_plan_like_reference(*b.finish(), inputs, 5e-4, "other bounds");
  EXPECT_EQ(count(kinds, "binary_f32"), 1);
}

}  // namespace paw::batch_norm_test
