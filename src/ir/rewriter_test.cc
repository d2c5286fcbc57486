#include "ir/rewriter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "ops/activation.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::rewriter_test {

using testing::HasSubstr;

Graph parse(const std::string& text) {
  Result<Graph> graph = parse_graph(text, {.ops = all_ops()});
  EXPECT_TRUE(graph) << graph.error().text();
  return graph ? std::move(*graph) : Graph{};
}

NodeId node_of(const Graph& graph, std::string_view value) { return Uses(graph).producer(graph.find(value)); }

// %x -> relu %a -> neg %b -> exp %y
Graph chain() {
  return parse(R"(graph g(%x: f32[2]) -> (%y) {
  %a = relu(%x) : f32[2] @ "one"
  %b = neg(%a) : f32[2] @ "two"
  %y = exp(%b) : f32[2] @ "three"
}
)");
}

// finish() must fail, name the reason and leave the graph alone.
void expect_refused(Rewriter& edits, Graph& graph, const std::string& reason, ErrorCode code = ErrorCode::kInternal) {
  const std::string before = print_graph(graph);
  const Result<bool> result = edits.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code);
  EXPECT_THAT(result.error().text(), HasSubstr(reason));
  EXPECT_EQ(print_graph(graph), before);
}

TEST(Rewriter, WithoutEditsNothingChanges) {
  Graph graph = chain();
  Rewriter edits(graph);
  EXPECT_FALSE(edits.changed());
  EXPECT_FALSE(*edits.finish());
  EXPECT_TRUE(equal(graph, chain()));
}

TEST(Rewriter, InsertedNodesThatNothingReadsAreNoChange) {
  Graph graph = chain();
  Rewriter edits(graph);
  edits.insert(op::abs, {graph.find("x")}, {}, "unused");
  EXPECT_FALSE(*edits.finish());
  EXPECT_TRUE(equal(graph, chain()));
}

TEST(Rewriter, ReplacesAndTransfersTheName) {
  Graph graph = chain();
  Rewriter edits(graph);
  const ValueId abs = edits.insert(op::abs, {graph.find("a")}, {}, "new");
  edits.replace(graph.find("b"), abs);
  EXPECT_EQ(edits.resolve(graph.find("b")), abs);
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), R"(graph g(%x: f32[2]) -> (%y) {
  %a = relu(%x) : f32[2] @ "one"
  %b = abs(%a) : f32[2] @ "new"
  %y = exp(%b) : f32[2] @ "three"
}
)");
}

TEST(Rewriter, GraphOutputsKeepTheirNames) {
  Graph graph = chain();
  Rewriter edits(graph);
  EXPECT_TRUE(edits.may_replace(graph.find("y"), graph.find("b")));
  EXPECT_FALSE(edits.may_replace(graph.find("y"), graph.find("x"))) << "an input has its own name";
  edits.replace(graph.find("y"), graph.find("b"));
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), R"(graph g(%x: f32[2]) -> (%y) {
  %a = relu(%x) : f32[2] @ "one"
  %y = neg(%a) : f32[2] @ "two"
}
)");
}

TEST(Rewriter, TwoNamedOutputsCannotBecomeOneValue) {
  Graph graph = parse(R"(graph g(%x: f32[2]) -> (%p, %q, %2) {
  %0 = exp(%x) : f32[2]
  %p = relu(%0) : f32[2]
  %q = relu(%0) : f32[2]
  %2 = relu(%0) : f32[2]
}
)");
  Rewriter edits(graph);
  EXPECT_FALSE(edits.may_replace(graph.find("q"), graph.find("p")));
  EXPECT_TRUE(edits.may_replace(graph.outputs[2], graph.find("p"))) << "an unnamed output has no name to lose";
  const ValueId fresh = edits.insert(op::abs, {graph.find("x")}, {}, "");
  EXPECT_TRUE(edits.may_replace(graph.find("p"), fresh));
  edits.replace(graph.find("p"), fresh);
  EXPECT_FALSE(edits.may_replace(graph.find("q"), fresh)) << "taken by p";
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(graph[graph.outputs[0]].name, "p");
  EXPECT_EQ(graph[graph.outputs[1]].name, "q");
}

TEST(Rewriter, TheFirstOutputNamesAValueThatBecomesTwo) {
  Graph graph = parse("graph g(%x: f32[2]) -> (%p, %q) {\n  %p = exp(%x) : f32[2]\n  %q = abs(%x) : f32[2]\n}\n");
  Rewriter edits(graph);
  const ValueId fresh = edits.insert(op::neg, {graph.find("x")}, {}, "");
  edits.replace(graph.find("q"), fresh);
  edits.replace(graph.find("p"), fresh);
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), "graph g(%x: f32[2]) -> (%p, %p) {\n  %p = neg(%x) : f32[2]\n}\n");
}

TEST(Rewriter, ChainsOfReplacementsResolve) {
  Graph graph = chain();
  Rewriter edits(graph);
  edits.replace(graph.find("b"), graph.find("a"));
  edits.replace(graph.find("a"), graph.find("x"));
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), "graph g(%x: f32[2]) -> (%y) {\n  %y = exp(%x) : f32[2] @ \"three\"\n}\n");
}

TEST(Rewriter, LongChainsResolveInBothOrders) {
  GraphBuilder builder("deep");
  std::vector<ValueId> values{builder.input("x", {DType::kF32, {2}})};
  for (int i = 0; i < 20000; ++i) values.push_back(builder.call(op::neg, {values.back()}));
  builder.output(builder.call(op::exp, {values.back()}));
  const Graph deep = *builder.finish();
  for (const bool forwards : {true, false}) {
    Graph graph = deep;
    Rewriter edits(graph);
    for (std::size_t i = 1; i < values.size(); ++i) {
      const std::size_t at = forwards ? i : values.size() - i;
      edits.replace(values[at], values[at - 1]);
    }
    ASSERT_TRUE(*edits.finish());
    EXPECT_EQ(graph.nodes.size(), 1u);
  }
}

TEST(Rewriter, NodesAndConstantsThatBecomeUnreadGo) {
  Graph graph = parse(R"(graph g(%x: f32[2]) -> (%y) {
  %c = const fill 2 : f32[]
  %a = mul(%x, %c) : f32[2]
  %b = neg(%a) : f32[2]
  %dead = abs(%b) : f32[2]
  %y = exp(%b) : f32[2]
}
)");
  Rewriter edits(graph);
  edits.set_input(node_of(graph, "y"), 0, graph.find("x"));
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(graph.nodes.size(), 4u) << "%dead was unread before and keeps what it reads";
  Rewriter more(graph);
  more.erase(node_of(graph, "dead"));
  ASSERT_TRUE(*more.finish());
  EXPECT_EQ(print_graph(graph), "graph g(%x: f32[2]) -> (%y) {\n  %y = exp(%x) : f32[2]\n}\n");
}

TEST(Rewriter, AReplacedNodeThatNothingReadsGoes) {
  Graph graph = parse("graph g(%x: f32[2]) -> (%y) {\n  %dead = abs(%x) : f32[2]\n  %y = exp(%x) : f32[2]\n}\n");
  Rewriter edits(graph);
  edits.replace(graph.find("dead"), edits.insert(op::neg, {graph.find("x")}, {}, ""));
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), "graph g(%x: f32[2]) -> (%y) {\n  %y = exp(%x) : f32[2]\n}\n");
}

TEST(Rewriter, InsertsBehindAValueByInputSlots) {
  Graph graph = chain();
  Rewriter edits(graph);
  const ValueId a = graph.find("a");
  const ValueId behind = edits.insert(op::abs, {a}, {}, "behind");
  edits.set_input(node_of(graph, "b"), 0, behind);
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), R"(graph g(%x: f32[2]) -> (%y) {
  %a = relu(%x) : f32[2] @ "one"
  %0 = abs(%a) : f32[2] @ "behind"
  %b = neg(%0) : f32[2] @ "two"
  %y = exp(%b) : f32[2] @ "three"
}
)");
}

TEST(Rewriter, OldNodesMoveOnlyWhenTheyMust) {
  Graph graph = parse(R"(graph g(%x: f32[2]) -> (%y, %z) {
  %a = relu(%x) : f32[2]
  %b = neg(%x) : f32[2]
  %y = exp(%a) : f32[2]
  %c = abs(%x) : f32[2]
  %z = add(%b, %c) : f32[2]
}
)");
  Rewriter edits(graph);
  edits.set_input(node_of(graph, "y"), 0, graph.find("c"));
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), R"(graph g(%x: f32[2]) -> (%y, %z) {
  %b = neg(%x) : f32[2]
  %c = abs(%x) : f32[2]
  %y = exp(%c) : f32[2]
  %z = add(%b, %c) : f32[2]
}
)");
}

TEST(Rewriter, TypesAreInferredAgain) {
  Graph graph = parse(R"(graph g(%x: f32[2,3]) -> (%y) {
  %a = relu(%x) : f32[2,3]
  %b = neg(%a) : f32[2,3]
  %y = exp(%b) : f32[2,3]
}
)");
  Rewriter edits(graph);
  const ValueId flat = edits.insert(op::reshape, {graph.find("x")}, ShapeAttrs{{6}}, "");
  const ValueId half = edits.insert(op::cast, {flat}, DtypeAttrs{DType::kF16}, "");
  edits.set_input(node_of(graph, "b"), 0, half);
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(graph.type(graph.outputs[0]).text(), "f16[6]");
}

TEST(Rewriter, DeclaredQuantisationStaysAndSharedFollows) {
  Graph graph = parse(R"(graph g(%x: f32[4]) -> (%y) {
  %q = quantize(%x) {dtype=i8} : i8[4]{scale=0.5, zero_point=1}
  %r = relu(%q) : i8[4]{scale=0.25, zero_point=-128}
  %s = reshape(%r) {shape=[2,2]} : i8[2,2]{scale=0.25, zero_point=-128}
  %y = dequantize(%s) : f32[2,2]
}
)");
  Rewriter edits(graph);
  const ValueId other = edits.insert(op::relu6, {graph.find("q")}, {}, "", per_tensor(0.125F, -128));
  edits.set_input(node_of(graph, "s"), 0, other);
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(graph.type(graph.find("q")).text(), "i8[4]{scale=0.5, zero_point=1}") << "declared";
  EXPECT_EQ(graph.type(graph.find("s")).text(), "i8[2,2]{scale=0.125, zero_point=-128}") << "follows its input";
}

TEST(Rewriter, ConstantsKeepEncodingAndName) {
  Graph graph = chain();
  Rewriter edits(graph);
  const float values[] = {0, 1};
  const Encoding sparse{.kind = Encoding::Kind::kSparse};
  const ValueId c = edits.constant(Tensor::f32({2}, values), "mask", sparse);
  EXPECT_TRUE(edits.is_constant(c));
  EXPECT_EQ(edits.tensor(c).as<float>()[1], 1.0F);
  const ValueId product = edits.insert(op::mul, {graph.find("a"), c}, {}, "");
  edits.set_input(node_of(graph, "b"), 0, product);
  ASSERT_TRUE(*edits.finish());
  ASSERT_TRUE(graph.find("mask").valid());
  EXPECT_EQ(graph[graph.find("mask")].encoding, sparse);
}

TEST(Rewriter, InputsStayEvenUnread) {
  Graph graph = parse("graph g(%x: f32[2], %z: f32[2]) -> (%y) {\n  %y = add(%x, %z) : f32[2]\n}\n");
  Rewriter edits(graph);
  edits.replace(graph.find("y"), edits.insert(op::neg, {graph.find("x")}, {}, ""));
  ASSERT_TRUE(*edits.finish());
  EXPECT_EQ(print_graph(graph), "graph g(%x: f32[2], %z: f32[2]) -> (%y) {\n  %y = neg(%x) : f32[2]\n}\n");
}

TEST(Rewriter, RefusesCyclesOfReplacements) {
  Graph graph = chain();
  Rewriter edits(graph);
  edits.replace(graph.find("b"), graph.find("a"));
  edits.replace(graph.find("a"), graph.find("b"));
  expect_refused(edits, graph, "%a would replace itself");
}

TEST(Rewriter, RefusesCyclesOfNodes) {
  Graph graph = chain();
  Rewriter edits(graph);
  edits.set_input(node_of(graph, "a"), 0, graph.find("b"));
  expect_refused(edits, graph, "depend on itself");
  Rewriter insert(graph);
  insert.replace(graph.find("b"), insert.insert(op::abs, {graph.find("b")}, {}, "loop"));
  expect_refused(insert, graph, "the new abs 'loop' depend on itself");
}

TEST(Rewriter, RefusesToEraseWhatIsRead) {
  Graph graph = chain();
  Rewriter edits(graph);
  edits.erase(node_of(graph, "a"));
  expect_refused(edits, graph, "relu 'one' was erased, but its result is still read");
  Rewriter constant(graph);
  constant.erase_constant(graph.find("a"));
  expect_refused(constant, graph, "%a is not a constant");
}

TEST(Rewriter, RefusesAnotherTypeATwiceReplacedValueAndUnknownIds) {
  Graph graph = chain();
  Rewriter shape(graph);
  shape.replace(graph.find("a"), shape.insert(op::reshape, {graph.find("x")}, ShapeAttrs{{1, 2}}, ""));
  expect_refused(shape, graph, "%a of type f32[2] cannot be replaced by a f32[1,2]");
  Rewriter twice(graph);
  twice.replace(graph.find("b"), graph.find("a"));
  twice.replace(graph.find("b"), graph.find("x"));
  expect_refused(twice, graph, "%b is replaced twice");
  Rewriter unknown(graph);
  unknown.replace(graph.find("b"), ValueId(std::size_t{77}));
  expect_refused(unknown, graph, "does not exist");
  Rewriter slot(graph);
  slot.set_input(node_of(graph, "b"), 3, graph.find("x"));
  expect_refused(slot, graph, "does not exist");
  Rewriter input(graph);
  input.replace(graph.find("x"), input.insert(op::relu, {graph.find("x")}, {}, ""));
  expect_refused(input, graph, "graph input %x cannot be replaced");
}

TEST(Rewriter, AnIllegalInsertIsReportedOnce) {
  Graph graph = chain();
  Rewriter edits(graph);
  const ValueId bad = edits.insert(op::reshape, {graph.find("x")}, ShapeAttrs{{7}}, "where");
  EXPECT_FALSE(bad.valid());
  EXPECT_FALSE(edits.insert(op::relu, {bad}, {}, "").valid()) << "later calls do nothing";
  expect_refused(edits, graph, "[reshape 'where']", ErrorCode::kUnsupported);
}

TEST(Rewriter, AnIllegalSlotEditIsFoundByInference) {
  Graph graph =
      parse("graph g(%x: f32[2], %z: f32[3]) -> (%y) {\n  %a = neg(%x) : f32[2]\n  %y = add(%x, %a) : f32[2]\n}\n");
  Rewriter edits(graph);
  edits.set_input(node_of(graph, "y"), 1, graph.find("z"));
  expect_refused(edits, graph, "do not broadcast", ErrorCode::kUnsupported);
}

TEST(Rewriter, DuplicateNamesAreFoundByTheVerifier) {
  Graph graph = chain();
  Rewriter edits(graph);
  const float value = 1;
  const ValueId c = edits.constant(Tensor::f32({}, std::span(&value, 1)), "a");
  edits.set_input(node_of(graph, "b"), 0, edits.insert(op::mul, {graph.find("a"), c}, {}, ""));
  expect_refused(edits, graph, "two values have this name", ErrorCode::kUnsupported);
}

TEST(Rewriter, FinishesOnce) {
  Graph graph = chain();
  Rewriter edits(graph);
  edits.replace(graph.find("b"), graph.find("a"));
  ASSERT_TRUE(*edits.finish());
  EXPECT_FALSE(edits.finish());
}

}  // namespace paw::rewriter_test
