// The ops that only training needs, through lowering, plan and executor.
#include "ops/training.h"
#include "lower/ops/lower_testing.h"
#include "ops/pool.h"
#include "ops/reduce.h"
#include "ops/resize.h"

namespace paw::training_test {

struct Example {
  const OpDef& op;
  std::vector<Shape> inputs;
  Attrs attrs;
};

// Larger than the ops' own cases: channels that are no multiple of a vector, windows that overlap.
TEST(LowerTraining, LargerShapes) {
  const PoolAttrs same{.kernel = {3, 3}, .stride = {2, 2}, .padding = Padding::kSame};
  const Example examples[] = {
      {op::max_pool_grad, {{2, 6, 7, 19}, {2, 11, 14, 19}}, same},
      {op::avg_pool_grad, {{2, 6, 7, 19}}, PoolGradAttrs{same, {2, 11, 14, 19}}},
      {op::resize_nearest_grad, {{2, 13, 5, 9}}, ResizeGradAttrs{{4, 11}, ResizeCoordinates::kHalfPixel}},
      {op::resize_bilinear_grad, {{2, 13, 5, 9}}, ResizeGradAttrs{{4, 11}, ResizeCoordinates::kAlignCorners}},
      {op::reduce_max_grad, {{3, 7}, {3, 4, 5, 7}, {3, 7}}, ReduceAttrs{{1, 2}}},
      {op::sgd, {{70, 71}, {70, 71}, {70, 71}, {}}, SgdAttrs{.momentum = 0.9, .weight_decay = 1e-4}},
  };
  Random random(41);
  for (const Example& e : examples) {
    OpCase c{.name = "large", .inputs = {}, .attrs = e.attrs};
    for (const Shape& shape : e.inputs) c.inputs.push_back({.type = {DType::kF32, shape}});
    const OneNode one = one_node(e.op, c, random);
    const std::string what = std::string(e.op.name) + " of " + e.inputs[0].text();
    ASSERT_TRUE(one.graph) << what << one.graph.error().text();
    expect_plan_like_reference(*one.graph, one.inputs, 2e-6, what);
  }
}

TEST(LowerTraining, AxesApartAreRefused) {
  Random random(42);
  const OpCase c{.name = "apart",
                 .inputs = {{.type = {DType::kF32, Shape{3}}},
                            {.type = {DType::kF32, {2, 3, 2}}},
                            {.type = {DType::kF32, Shape{3}}}},
                 .attrs = ReduceAttrs{{0, 2}}};
  const OneNode one = one_node(op::reduce_max_grad, c, random);
  ASSERT_TRUE(one.graph) << one.graph.error().text();
  const auto file = lower(*one.graph, {.deploy_passes = false});
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().text().find("neighbouring"), std::string::npos) << file.error().text();
}

// After a run the new state lies where the old one was: nothing is copied between steps.
TEST(LowerTraining, OptimizersWorkInPlace) {
  for (const OpDef* op : {&op::sgd, &op::adam}) {
    const std::size_t states = op == &op::sgd ? 2 : 3;
    GraphBuilder b("update");
    const TensorType type{DType::kF32, {9, 5}};
    std::vector<ValueId> operands = {b.input("param", type), b.input("grad", type)};
    while (operands.size() <= states) operands.push_back(b.input("state" + std::to_string(operands.size()), type));
    operands.push_back(b.input("lr", {DType::kF32, {}}));
    if (op == &op::adam) operands.push_back(b.input("step", {DType::kF32, {}}));
    for (const ValueId out : b.call_all(*op, operands, op->default_attrs())) b.output(out);
    const auto file = lower(*b.finish(), {.deploy_passes = false});
    ASSERT_TRUE(file) << file.error().text();
    const auto plan = Plan::load(*file, "test");
    ASSERT_TRUE(plan) << plan.error().text();
    for (std::size_t i = 0; i < states; ++i) {
      const PlanPort& before = plan->inputs()[i == 0 ? 0 : i + 1];
      EXPECT_EQ(plan->buffers()[before.buffer].offset, plan->buffers()[plan->outputs()[i].buffer].offset) << i;
    }
  }
}

// Velocity and parameter are one value, which is read later too: neither result may lie in it.
TEST(LowerTraining, StateThatOthersReadIsLeftAlone) {
  GraphBuilder b("shared");
  const TensorType type{DType::kF32, {40}};
  const ValueId param = b.input("param", type), grad = b.input("grad", type), lr = b.input("lr", {DType::kF32, {}});
  const auto updated = b.call_all(op::sgd, std::vector{param, grad, param, lr}, SgdAttrs{});
  for (const ValueId out : updated) b.output(out);
  const auto twice = b.call_all(op::sgd, std::vector{grad, updated[0], grad, lr}, SgdAttrs{});
  for (const ValueId out : twice) b.output(out);
  b.output(b.call(op::neg, {param}));
  Random random(43);
  std::vector<RefTensor> inputs;
  for (const Shape& shape : {Shape{40}, Shape{40}, Shape{}}) {
    inputs.push_back({shape, std::vector<double>(static_cast<std::size_t>(shape.elements()))});
    for (double& v : inputs.back().data) v = static_cast<float>(random.uniform(-1, 1));
  }
  expect_plan_like_reference(*b.finish(), inputs, 2e-6, "shared state");
}

}  // namespace paw::training_test
