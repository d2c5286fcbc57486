// Ops that move, pool and resize, through lowering, plan file and executor, against the reference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/random.h"
#include "ir/builder.h"
#include "lower/lower.h"
#include "ops/cast.h"
#include "ops/normalization.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/resize.h"
#include "ops/shape_ops.h"
#include "reference/interpreter.h"
#include "runtime/executor.h"

namespace paw {
namespace {

using ::testing::HasSubstr;

// One node; its inputs are the graph's.
Result<Graph> one_node(const OpDef& op, const std::vector<CaseInput>& inputs, const Attrs& attrs) {
  GraphBuilder b("one");
  std::vector<ValueId> ids;
  for (const CaseInput& input : inputs) {
    ids.push_back(input.absent ? ValueId{} : b.input("x" + std::to_string(ids.size()), input.type));
  }
  b.output(b.call(op, ids, attrs));
  return b.finish();
}

std::vector<Tensor> random_inputs(const Graph& graph, Random& random) {
  std::vector<Tensor> out;
  for (const ValueId id : graph.inputs) {
    const TensorType& type = graph.type(id);
    std::vector<double> values(static_cast<std::size_t>(type.shape.elements()));
    for (double& v : values) v = type.dtype == DType::kF32 ? random.uniform(-1, 1) : random.uniform(-100, 100);
    out.push_back(tensor_from_real(type, values));
  }
  return out;
}

std::vector<Tensor> run_plan(const Bytes& file, const std::vector<Tensor>& inputs, Isa isa, int threads) {
  const auto plan = Plan::load(file, "test.plan");
  if (!plan) {
    ADD_FAILURE() << plan.error().text();
    return {};
  }
  Executor executor(*plan, isa, threads);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    std::memcpy(executor.input(i), inputs[i].data.data(), inputs[i].data.size());
  }
  executor.run();
  std::vector<Tensor> out;
  for (std::size_t i = 0; i < plan->outputs().size(); ++i) {
    const TensorType& type = plan->outputs()[i].type;
    out.push_back({type, Bytes::copy_of({static_cast<const std::byte*>(executor.output(i)), type.bytes()})});
  }
  return out;
}

// Equal bits where nothing is computed, else within a few roundings of numbers around 1.
void expect_close(const Tensor& got, const Tensor& expected, bool exact, const std::string& what) {
  ASSERT_EQ(got.type.text(), expected.type.text()) << what;
  if (exact) {
    ASSERT_EQ(got.data, expected.data) << what;
    return;
  }
  const auto a = got.as<float>(), b = expected.as<float>();
  for (std::size_t i = 0; i < a.size(); ++i) ASSERT_NEAR(a[i], b[i], 2e-6) << what << " at " << i;
}

void expect_like_reference(const Graph& graph, bool exact, const std::string& what) {
  Random random(7);
  const std::vector<Tensor> inputs = random_inputs(graph, random);
  std::vector<RefTensor> numbers;
  numbers.reserve(inputs.size());
  for (const Tensor& input : inputs) numbers.push_back(to_ref(input));
  const auto expected = interpret(graph, numbers);
  ASSERT_TRUE(expected) << what;
  const auto file = lower(graph, {.deploy_passes = false});
  ASSERT_TRUE(file) << what << ": " << file.error().text();
  for (const Isa isa : available_isas()) {
    for (const int threads : {1, 3}) {
      const std::vector<Tensor> outputs = run_plan(*file, inputs, isa, threads);
      ASSERT_EQ(outputs.size(), graph.outputs.size()) << what;
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        const Tensor want = from_ref(graph.type(graph.outputs[i]), (*expected)[i]);
        expect_close(outputs[i], want, exact, what + " on " + std::string(name(isa)));
      }
    }
  }
}

TEST(LowerMoves, EveryCaseOfEveryOp) {
  for (const OpDef* op :
       {&op::max_pool, &op::avg_pool, &op::pad, &op::reshape, &op::transpose, &op::concat, &op::slice, &op::squeeze,
        &op::expand_dims, &op::broadcast_to, &op::resize_nearest, &op::resize_bilinear}) {
    for (const OpCase& c : op->cases()) {
      const std::string what = std::string(op->name) + " " + c.name;
      const auto graph = one_node(*op, c.inputs, c.attrs);
      ASSERT_TRUE(graph) << what << graph.error().text();
      expect_like_reference(*graph, op->accuracy == Accuracy::kExact, what);
    }
  }
}

struct Example {
  const OpDef& op;
  std::vector<Shape> inputs;
  Attrs attrs;
};

// Larger than the ops' own cases: several blocks, channels that are no multiple of a vector, axes that join.
TEST(LowerMoves, LargerShapes) {
  const Example examples[] = {
      {op::transpose, {{2, 33, 47, 3}}, TransposeAttrs{{0, 3, 1, 2}}},
      {op::transpose, {{2, 3, 33, 47}}, TransposeAttrs{{0, 2, 3, 1}}},
      {op::transpose, {{1, 9, 11, 70}}, TransposeAttrs{{0, 3, 1, 2}}},
      {op::transpose, {{3, 4, 5, 2, 3, 7}}, TransposeAttrs{{5, 3, 1, 0, 4, 2}}},
      {op::transpose, {{1, 7, 1, 9}}, TransposeAttrs{{2, 1, 0, 3}}},  // moves nothing
      {op::slice, {{2, 19, 23, 37}}, SliceAttrs{{0, 1, 2, 3}, {2, 18, 23, 36}, {1, 2, 3, 1}}},
      {op::slice, {{2, 19, 23, 37}}, SliceAttrs{{1, 0, 0, 0}, {2, 19, 23, 37}, {1, 1, 1, 1}}},
      {op::slice, {{64, 65}}, SliceAttrs{{0, 1}, {64, 65}, {3, 5}}},
      {op::slice, {{4, 5}}, SliceAttrs{{0, 0}, {4, 5}, {1, 1}}},  // everything
      {op::concat, {{1, 14, 14, 3}, {1, 14, 14, 16}, {1, 14, 14, 5}}, ConcatAttrs{}},
      {op::concat, {{2, 3, 70}, {2, 1, 70}, {2, 90, 70}}, ConcatAttrs{1}},
      {op::pad, {{2, 31, 29, 3}}, PadAttrs{{0, 1, 2, 0}, {0, 3, 0, 0}, -0.5}},
      {op::pad, {{1, 5, 5, 17}}, PadAttrs{{1, 0, 0, 2}, {0, 0, 1, 1}, 3}},
      {op::pad, {{4}}, PadAttrs{{0}, {0}, 1}},
      {op::broadcast_to, {{1, 1, 1, 17}}, ShapeAttrs{{2, 13, 9, 17}}},
      {op::broadcast_to, {{2, 13, 9, 1}}, ShapeAttrs{{2, 13, 9, 70}}},
      {op::broadcast_to, {{13, 1, 5}}, ShapeAttrs{{3, 13, 40, 5}}},
      {op::broadcast_to, {Shape{}}, ShapeAttrs{{9, 1000}}},
      {op::max_pool, {{2, 31, 29, 70}}, PoolAttrs{.kernel = {3, 3}, .padding = Padding::kSame}},
      {op::avg_pool, {{2, 31, 29, 19}}, PoolAttrs{.kernel = {3, 2}, .stride = {1, 2}, .padding = Padding::kSame}},
      {op::resize_nearest, {{2, 13, 17, 5}}, ResizeAttrs{{29, 9}, ResizeCoordinates::kHalfPixel}},
      {op::resize_bilinear, {{2, 13, 17, 5}}, ResizeAttrs{{29, 9}, ResizeCoordinates::kAlignCorners}},
      {op::resize_bilinear, {{1, 6, 5, 33}}, ResizeAttrs{{12, 10}, ResizeCoordinates::kAsymmetric}},
  };
  for (const Example& e : examples) {
    std::vector<CaseInput> inputs;
    for (const Shape& shape : e.inputs) inputs.push_back({.type = {DType::kF32, shape}});
    const std::string what = std::string(e.op.name) + " of " + e.inputs[0].text();
    const auto graph = one_node(e.op, inputs, e.attrs);
    ASSERT_TRUE(graph) << what << graph.error().text();
    expect_like_reference(*graph, e.op.accuracy == Accuracy::kExact, what);
    if (HasFatalFailure()) return;
  }
}

std::size_t steps_of(const Graph& graph) {
  const auto file = lower(graph, {.deploy_passes = false});
  EXPECT_TRUE(file);
  const auto plan = Plan::load(*file, "test.plan");
  EXPECT_TRUE(plan);
  return plan->steps().size();
}

TEST(LowerMoves, WhatMovesNothingIsNoStep) {
  GraphBuilder b("nothing");
  const ValueId x = b.input("x", {DType::kF32, {1, 7, 1, 9}});
  ValueId y = b.call(op::transpose, {x}, TransposeAttrs{{2, 1, 0, 3}});
  y = b.call(op::reshape, {y}, ShapeAttrs{{7, -1}});
  y = b.call(op::slice, {y}, SliceAttrs{{0, 0}, {7, 9}, {1, 1}});
  y = b.call(op::pad, {y}, PadAttrs{{0, 0}, {0, 0}, 5});
  y = b.call(op::concat, {y}, ConcatAttrs{});
  y = b.call(op::expand_dims, {y}, AxesAttrs{{0}});
  y = b.call(op::squeeze, {y}, AxesAttrs{{0}});
  y = b.call(op::broadcast_to, {y}, ShapeAttrs{{1, 7, 9}});
  y = b.call(op::cast, {y}, DtypeAttrs{DType::kF32});
  y = b.call(op::dropout, {y, ValueId{}}, DropoutAttrs{});
  b.output(y);
  const auto graph = b.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  EXPECT_EQ(steps_of(*graph), 0u);
  expect_like_reference(*graph, true, "a chain that moves nothing");
}

// The same value on both sides of a concat, several readers of one memory, and outputs that share it.
TEST(LowerMoves, SharedMemoryIsNotWrittenOver) {
  GraphBuilder b("shared");
  const ValueId x = b.input("x", {DType::kF32, {2, 6}});
  const ValueId flat = b.call(op::reshape, {x}, ShapeAttrs{{12}});
  const ValueId twice = b.call(op::concat, {flat, flat}, ConcatAttrs{0});
  const ValueId turned = b.call(op::transpose, {x}, TransposeAttrs{{1, 0}});
  const ValueId framed = b.call(op::pad, {turned}, PadAttrs{{1, 1}, {1, 0}, 9});
  b.output(flat);
  b.output(twice);
  b.output(b.call(op::concat, {framed, framed, framed}, ConcatAttrs{1}));
  b.output(x);
  const auto graph = b.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  expect_like_reference(*graph, true, "shared memory");
}

TEST(LowerMoves, ConstantsMoveToo) {
  GraphBuilder b("constants");
  const ValueId x = b.input("x", {DType::kF32, {1, 3}});
  const std::vector<float> numbers = {1, 2, 3, 4, 5, 6};
  const ValueId c = b.constant(Tensor::f32({3, 2}, numbers), "c");
  b.output(b.call(op::concat, {x, b.call(op::transpose, {c}, TransposeAttrs{{1, 0}})}, ConcatAttrs{0}));
  b.output(b.call(op::reshape, {c}, ShapeAttrs{{6}}));
  const auto graph = b.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  expect_like_reference(*graph, true, "constants");
}

std::string refusal(const OpDef& op, const std::vector<CaseInput>& inputs, const Attrs& attrs) {
  const auto graph = one_node(op, inputs, attrs);
  if (!graph) return "no graph: " + graph.error().text();
  const auto file = lower(*graph, {.deploy_passes = false});
  return file ? "not refused" : file.error().text();
}

TEST(LowerMoves, Refusals) {
  const CaseInput x{.type = {DType::kF32, {4, 4}}}, image{.type = {DType::kF32, {1, 4, 4, 1}}};
  const CaseInput half{.type = {DType::kF16, {1, 4, 4, 1}}};
  EXPECT_THAT(refusal(op::cast, {x}, DtypeAttrs{DType::kI32}), HasSubstr("does not cast"));
  EXPECT_THAT(refusal(op::max_pool, {half}, PoolAttrs{}), HasSubstr("float32 only"));
  EXPECT_THAT(refusal(op::resize_nearest, {half}, ResizeAttrs{}), HasSubstr("float32 only"));
  EXPECT_THAT(refusal(op::avg_pool, {image}, PoolAttrs{.kernel = {1 << 21, 1}, .padding = Padding::kSame}),
              HasSubstr("too large"));
  EXPECT_THAT(refusal(op::transpose, {{.type = {DType::kU4, {4, 4}}}}, TransposeAttrs{{1, 0}}),
              HasSubstr("does not move"));
}

}  // namespace
}  // namespace paw
