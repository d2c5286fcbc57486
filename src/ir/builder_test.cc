#include "ir/builder.h"

#include <gtest/gtest.h>

#include "ir/ops_testing.h"
#include "ir/verify.h"

namespace paw::builder_test {

namespace ops = testing_ops;

const TensorType kType{DType::kF32, {2}};

TEST(GraphBuilder, AppendsTypedNodesInOrder) {
  GraphBuilder b("net");
  const ValueId x = b.input("x", kType);
  b.set_scope("stem");
  const ValueId h = b.call(ops::copy, {x}, {}, {.name = "h"});
  b.set_scope("");
  const std::vector<ValueId> parts = b.call_all(ops::split, std::array{h}, {}, {.name = "low", .source = "own"});
  ASSERT_EQ(parts.size(), 2u);
  b.output(parts[0]);
  EXPECT_EQ(b.type(h), kType);
  const Graph g = b.finish().value();
  EXPECT_EQ(g.name, "net");
  EXPECT_EQ(g.nodes[0].source, "stem");
  EXPECT_EQ(g.nodes[1].source, "own");
  EXPECT_EQ(g[parts[0]].name, "low");
  EXPECT_EQ(g[parts[1]].name, "");
  EXPECT_EQ(g.outputs, std::vector{parts[0]});
}

TEST(GraphBuilder, LeftOutAttributesAreTheDefaults) {
  GraphBuilder b("net");
  b.output(b.call(ops::many, {b.input("x", kType)}));
  EXPECT_EQ(b.finish().value().nodes[0].attrs.as<ops::AllAttrs>(), ops::AllAttrs{});
}

TEST(GraphBuilder, KeepsTheFirstErrorAndDoesNothingAfterIt) {
  GraphBuilder b("net");
  const ValueId x = b.input("x", {DType::kF32, {1, 1, 1, 1, 1}});
  b.set_scope("block3");
  const ValueId bad = b.call(ops::copy, {x});
  EXPECT_FALSE(bad.valid());
  const std::vector<ValueId> after = b.call_all(ops::split, std::array{bad});
  ASSERT_EQ(after.size(), 2u);
  EXPECT_FALSE(after[1].valid());
  EXPECT_EQ(b.shape(after[0]), Shape{});  // code that looks at shapes can go on
  b.output(after[0]);
  b.fail({ErrorCode::kUsage, "caller", "later", ""});
  EXPECT_TRUE(b.graph().nodes.empty());
  EXPECT_TRUE(b.graph().outputs.empty());
  ASSERT_TRUE(b.error());
  EXPECT_EQ(b.finish().error().text(), "[copy 'block3'] rank 5 is refused; use another rank");
  EXPECT_EQ(b.finish().error().code, ErrorCode::kUnsupported);
}

TEST(GraphBuilder, ReportsAFailureOfItsCaller) {
  GraphBuilder b("net");
  b.input("x", kType);
  b.fail({ErrorCode::kUsage, "pawnet", "width 0 is impossible", ""});
  EXPECT_EQ(b.finish().error().text(), "[pawnet] width 0 is impossible");
}

TEST(GraphBuilder, FinishVerifies) {
  GraphBuilder b("net");
  b.input("x", kType);
  b.input("x", kType);
  EXPECT_EQ(b.finish().error().text(), "[%x] two values have this name");
}

TEST(GraphBuilder, DeclaresQuantisationOnTheFirstOutput) {
  GraphBuilder b("net");
  const ValueId x = b.input("x", kType);
  EXPECT_EQ(b.type(b.call(ops::declares, {x}, {}, {.quant = per_tensor(0.5f, 3)})).text(),
            "i8[2]{scale=0.5, zero_point=3}");
  EXPECT_FALSE(b.call(ops::declares, {x}).valid());
  EXPECT_EQ(b.finish().error().text(), "[declares] a quantised result needs its scale and zero point declared");
}

TEST(GraphBuilder, ScalarsAreConstantsOfRankZero) {
  GraphBuilder b("net");
  const ValueId half = b.scalar(0.5, DType::kF16);
  EXPECT_EQ(b.type(half).text(), "f16[]");
  EXPECT_EQ(real_values(b.graph().tensor(half)), std::vector{0.5});
}

TEST(GraphBuilder, GoesOnFromAGraph) {
  GraphBuilder first("net");
  first.output(first.call(ops::copy, {first.input("x", kType)}));
  GraphBuilder second(first.finish().value());
  second.output(second.call(ops::copy, {second.graph().outputs[0]}));
  const Graph g = second.finish().value();
  EXPECT_EQ(g.nodes.size(), 2u);
  EXPECT_EQ(g.outputs.size(), 2u);
}

}  // namespace paw::builder_test
