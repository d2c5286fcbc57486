// Edits that the rewriter must refuse, by name and without touching the graph.
#include "base/random.h"
#include "ir/rewriter_testing.h"
#include "ops/shape_ops.h"

namespace paw {
namespace {

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

// Random edits: either refused with the graph untouched, or a verified graph.

}  // namespace
}  // namespace paw
