#include "train/autodiff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ops/activation.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "reference/interpreter.h"

namespace paw::autodiff_test {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr DType kReal = DType::kF64;

// Runs `graph` with `ids` as its outputs.
std::vector<RefTensor> values_of(Graph graph, std::span<const ValueId> ids, std::span<const RefTensor> inputs) {
  graph.outputs.assign(ids.begin(), ids.end());
  auto result = interpret(graph, inputs);
  EXPECT_TRUE(result) << result.error().text();
  return std::move(result).value_or(std::vector<RefTensor>{});
}

TEST(Autodiff, AddsUpEveryPathToAValue) {
  GraphBuilder b("paths");
  const ValueId x = b.input("x", {kReal, {2}});
  const ValueId square = b.call(op::mul, {x, x});
  const ValueId loss = b.call(op::reduce_sum, {b.call(op::add, {square, x})}, ReduceAttrs{});
  Graph graph = *b.finish();
  const auto grads = autodiff(graph, loss, std::span(&x, 1));
  ASSERT_TRUE(grads) << grads.error().text();
  const RefTensor in{Shape{2}, {3, -5}};
  EXPECT_THAT(values_of(graph, *grads, std::span(&in, 1))[0].data, ElementsAre(2 * 3 + 1, 2 * -5 + 1));
}

// The surrogate gradient of round, which no difference can check.
TEST(Autodiff, GoesStraightThroughRounding) {
  GraphBuilder b("rounded");
  const ValueId x = b.input("x", {kReal, {3}});
  const ValueId whole = b.call(op::round, {x});
  const ValueId loss = b.call(op::reduce_sum, {b.call(op::mul, {whole, whole})}, ReduceAttrs{});
  Graph graph = *b.finish();
  const auto grads = autodiff(graph, loss, std::span(&x, 1));
  ASSERT_TRUE(grads) << grads.error().text();
  const RefTensor in{Shape{3}, {0.4, 1.6, -2.5}};
  EXPECT_THAT(values_of(graph, *grads, std::span(&in, 1))[0].data, ElementsAre(0, 2 * 2, 2 * -2));
}

TEST(Autodiff, SumsALossThatIsNotScalar) {
  GraphBuilder b("wide");
  const ValueId x = b.input("x", {kReal, {3}});
  const ValueId loss = b.call(op::mul, {x, x});
  Graph graph = *b.finish();
  const auto grads = autodiff(graph, loss, std::span(&x, 1));
  ASSERT_TRUE(grads);
  const RefTensor in{Shape{3}, {1, 2, 3}};
  EXPECT_THAT(values_of(graph, *grads, std::span(&in, 1))[0].data, ElementsAre(2, 4, 6));
}

TEST(Autodiff, GivesZerosForIndependentValuesAndOnesForTheLossItself) {
  GraphBuilder b("independent");
  const ValueId x = b.input("x", {kReal, {2}});
  const ValueId other = b.input("other", {kReal, {3, 2}});
  const ValueId constant = b.scalar(2, kReal);
  const ValueId loss = b.call(op::mul, {x, constant});
  Graph graph = *b.finish();
  const ValueId wrt[] = {other, loss, constant, x};
  const auto grads = autodiff(graph, loss, wrt);
  ASSERT_TRUE(grads);
  const RefTensor in[] = {{Shape{2}, {1, 5}}, {Shape{3, 2}, std::vector<double>(6)}};
  const auto values = values_of(graph, *grads, in);
  EXPECT_EQ(values[0].shape, (Shape{3, 2}));
  EXPECT_THAT(values[0].data, Each(0.0));
  EXPECT_THAT(values[1].data, ElementsAre(1, 1));
  EXPECT_THAT(values[2].data, ElementsAre(6));
  EXPECT_THAT(values[3].data, ElementsAre(2, 2));
}

TEST(Autodiff, DifferentiatesWithRespectToIntermediateResults) {
  GraphBuilder b("middle");
  const ValueId x = b.input("x", {kReal, {1}});
  const ValueId h = b.call(op::mul, {x, x});
  const ValueId loss = b.call(op::mul, {h, h});
  Graph graph = *b.finish();
  const ValueId wrt[] = {h};
  const auto grads = autodiff(graph, loss, wrt);
  ASSERT_TRUE(grads);
  const RefTensor in{Shape{1}, {3}};
  EXPECT_THAT(values_of(graph, *grads, std::span(&in, 1))[0].data, ElementsAre(18));
}

TEST(Autodiff, BuildsNothingOffThePathAndNotesWhereNodesComeFrom) {
  GraphBuilder b("scoped");
  const ValueId x = b.input("x", {kReal, {2}});
  const ValueId frozen = b.input("frozen", {kReal, {2}});
  b.set_scope("frozen/part");
  const ValueId features = b.call(op::exp, {frozen});
  b.set_scope("head");
  const ValueId loss = b.call(op::mul, {x, features});
  b.set_scope("unread");
  b.call(op::sign, {x});
  Graph graph = *b.finish();
  const std::size_t forward = graph.nodes.size();
  ASSERT_TRUE(autodiff(graph, loss, std::span(&x, 1)));
  ASSERT_GT(graph.nodes.size(), forward);
  for (std::size_t i = forward; i < graph.nodes.size(); ++i) EXPECT_EQ(graph.nodes[i].source, "grad/head");
}

TEST(Autodiff, AppendsTheSameNodesEveryTime) {
  const auto build = [] {
    GraphBuilder b("again");
    const ValueId x = b.input("x", {kReal, {2}});
    ValueId sum = b.call(op::exp, {x});
    for (int i = 0; i < 4; ++i) sum = b.call(op::add, {sum, b.call(op::mul, {sum, x})});
    Graph graph = *b.finish();
    EXPECT_TRUE(autodiff(graph, sum, std::span(&x, 1)));
    return graph;
  };
  EXPECT_TRUE(equal(build(), build()));
}

// An op that cannot be differentiated.
constexpr OpDef kStep{.name = "step",
                      .inputs = {"x"},
                      .infer = [](const OpCall& call) -> Result<std::vector<TensorType>> {
                        return std::vector{TensorType{call.in(0).dtype, call.shape(0)}};
                      },
                      .no_gradient = "it is flat almost everywhere"};
// An op whose gradient has the wrong shape.
constexpr OpDef kTorn{.name = "torn", .inputs = {"x"}, .infer = kStep.infer, .gradient = [](GradContext& g) {
                        return std::vector{g.scalar(1, g.in(0))};
                      }};

TEST(Autodiff, NamesTheNodeWithoutAGradientAndLeavesTheGraphAlone) {
  GraphBuilder b("blocked");
  const ValueId x = b.input("x", {kReal, {2}});
  const ValueId y = b.input("y", {kReal, {2}});
  b.set_scope("block/step");
  const ValueId loss = b.call(op::mul, {b.call(kStep, {x}), y});
  Graph graph = *b.finish();
  const Graph before = graph;
  const auto grads = autodiff(graph, loss, std::span(&x, 1));
  ASSERT_FALSE(grads);
  EXPECT_EQ(grads.error().code, ErrorCode::kUnsupported);
  EXPECT_THAT(grads.error().text(), StartsWith("[step 'block/step'] has no gradient: it is flat almost everywhere"));
  EXPECT_TRUE(equal(graph, before));
  EXPECT_EQ(graph.values.size(), before.values.size());
  EXPECT_TRUE(autodiff(graph, loss, std::span(&y, 1))) << "the blocked node is not on y's path";
}

TEST(Autodiff, NamesTheOpWhoseGradientDoesNotFit) {
  GraphBuilder b("torn");
  const ValueId x = b.input("x", {kReal, {2}});
  const ValueId loss = b.call(kTorn, {x});
  Graph graph = *b.finish();
  const auto grads = autodiff(graph, loss, std::span(&x, 1));
  ASSERT_FALSE(grads);
  EXPECT_EQ(grads.error().code, ErrorCode::kInternal);
  EXPECT_THAT(grads.error().text(), HasSubstr("torn -> %1] its gradient for %x is f64[], expected f64[2]"));
}

TEST(Autodiff, RefusesWhatHoldsNoRealNumbers) {
  GraphBuilder b("integers");
  const ValueId i = b.input("i", {DType::kI32, {2}});
  const ValueId x = b.input("x", {kReal, {2}});
  const ValueId sum = b.call(op::add, {i, i});
  Graph graph = *b.finish();
  for (const auto& grads : {autodiff(graph, sum, std::span(&x, 1)), autodiff(graph, x, std::span(&i, 1))}) {
    ASSERT_FALSE(grads);
    EXPECT_EQ(grads.error().code, ErrorCode::kUnsupported);
    EXPECT_THAT(grads.error().text(), HasSubstr("must hold real numbers"));
  }
  EXPECT_FALSE(autodiff(graph, ValueId(99), std::span(&x, 1)));
  EXPECT_FALSE(autodiff(graph, ValueId(), std::span(&x, 1)));
}

}  // namespace paw::autodiff_test
