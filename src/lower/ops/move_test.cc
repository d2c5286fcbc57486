// Ops that move, pool and resize, through lowering, plan file and executor, against the reference.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lower/ops/lower_testing.h"
#include "ops/cast.h"
#include "ops/normalization.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/resize.h"
#include "ops/shape_ops.h"

namespace paw::move_test {

using ::testing::HasSubstr;

// Moves keep every bit.
void expect_moved_like_reference(const Graph& graph, const std::string& what) {
  Random random(7);
  expect_plan_like_reference(graph, random_inputs(graph, random), 0, what);
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
  Random random(7);
  for (const Example& e : examples) {
    OpCase c{.name = "large", .inputs = {}, .attrs = e.attrs};
    for (const Shape& shape : e.inputs) c.inputs.push_back({.type = {DType::kF32, shape}});
    const std::string what = std::string(e.op.name) + " of " + e.inputs[0].text();
    const OneNode one = one_node(e.op, c, random);
    ASSERT_TRUE(one.graph) << what << one.graph.error().text();
    const double tolerance = e.op.accuracy == Accuracy::kExact ? 0 : 2e-6;
    expect_plan_like_reference(*one.graph, one.inputs, tolerance, what);
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
  expect_moved_like_reference(*graph, "a chain that moves nothing");
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
  expect_moved_like_reference(*graph, "shared memory");
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
  expect_moved_like_reference(*graph, "constants");
}

std::string refusal(const OpDef& op, const std::vector<CaseInput>& inputs, const Attrs& attrs) {
  Random random(8);
  const OneNode one = one_node(op, {.name = "refused", .inputs = inputs, .attrs = attrs}, random);
  if (!one.graph) return "no graph: " + one.graph.error().text();
  const auto file = lower(*one.graph, {.deploy_passes = false});
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

}  // namespace paw::move_test
