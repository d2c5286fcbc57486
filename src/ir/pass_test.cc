#include "ir/pass.h"

#include <gtest/gtest.h>

#include "ir/builder.h"
#include "ir/ops_testing.h"

namespace paw::pass_test {

namespace ops = testing_ops;

Graph sample() {
  GraphBuilder b("net");
  b.output(b.call(ops::copy, {b.input("x", {DType::kF32, {2}})}));
  return b.finish().value();
}

const Pass kNothing{
    .name = "nothing", .summary = "", .run = [](Graph&, const Target&) -> Result<bool> { return false; }};
const Pass kGrow{.name = "grow", .summary = "", .run = [](Graph& g, const Target&) -> Result<bool> {
                   GraphBuilder b(g);
                   b.output(b.call(ops::copy, {b.graph().outputs.back()}));
                   PAW_ASSIGN_OR_RETURN(g, b.finish());
                   return true;
                 }};
const Pass kBreak{.name = "break", .summary = "", .run = [](Graph& g, const Target&) -> Result<bool> {
                    g.nodes.clear();
                    return true;
                  }};
const Pass kFail{.name = "fail", .summary = "", .run = [](Graph&, const Target& target) -> Result<bool> {
                   return fail(ErrorCode::kUnsupported, std::string(target.name), "cannot", "do not");
                 }};
constexpr std::string_view kAfterGrow[] = {"grow"};

TEST(RunPass, TellsWhetherTheGraphChanged) {
  Graph g = sample();
  EXPECT_FALSE(run_pass(g, kNothing).value());
  EXPECT_TRUE(run_pass(g, kGrow).value());
  EXPECT_EQ(g.nodes.size(), 2u);
}

TEST(RunPass, NamesAPassThatFailsOrLeavesAnInvalidGraph) {
  Graph g = sample();
  const Error failed = run_pass(g, kFail, Target{.name = "ios15"}).error();
  EXPECT_EQ(failed.code, ErrorCode::kInternal);
  EXPECT_EQ(failed.where, "pass fail");
  EXPECT_EQ(failed.message, "[ios15] cannot; do not");
  const Error broken = run_pass(g, kBreak).error();
  EXPECT_EQ(broken.where, "pass break");
  EXPECT_EQ(broken.message, "[%1] a graph output that nothing computes");
  EXPECT_EQ(broken.hint, "this is a bug of paw: please report the model's `paw dump`");
}

TEST(RunPipeline, RunsStepsInOrderAndTraces) {
  const PipelineStep steps[] = {{&kGrow, "first"}, {&kNothing, "then", kAfterGrow}, {&kGrow, "again"}};
  const Pipeline pipeline{"test", "", steps};
  std::vector<PassTrace> seen;
  std::vector<std::size_t> sizes;
  Graph g = sample();
  const auto trace = [&](const PassTrace& entry, const Graph& graph) {
    seen.push_back(entry);
    sizes.push_back(graph.nodes.size());
  };
  ASSERT_TRUE(run_pipeline(g, pipeline, {}, trace));
  ASSERT_EQ(seen.size(), 3u);
  EXPECT_EQ(seen[0].pass, "grow");
  EXPECT_TRUE(seen[0].changed);
  EXPECT_FALSE(seen[1].changed);
  EXPECT_EQ(seen[2].nodes_before, 2u);
  EXPECT_EQ(seen[2].nodes_after, 3u);
  EXPECT_GE(seen[2].milliseconds, 0);
  EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 2, 3}));
}

TEST(RunPipeline, RefusesAWrongOrder) {
  const PipelineStep steps[] = {{&kNothing, "too early", kAfterGrow}, {&kGrow, ""}};
  Graph g = sample();
  const Status status = run_pipeline(g, Pipeline{"test", "", steps});
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code, ErrorCode::kInternal);
  EXPECT_EQ(status.error().text(), "[pipeline test] nothing must run after grow");
  EXPECT_TRUE(equal(g, sample()));
}

TEST(RunPipeline, StopsAtTheFirstPassThatFails) {
  const PipelineStep steps[] = {{&kGrow, ""}, {&kBreak, ""}, {&kGrow, ""}};
  Graph g = sample();
  EXPECT_EQ(run_pipeline(g, Pipeline{"test", "", steps}).error().where, "pass break");
}

TEST(RunPipeline, StopsAfterTheNamedPass) {
  const PipelineStep steps[] = {{&kGrow, ""}, {&kNothing, ""}, {&kGrow, ""}};
  const Pipeline pipeline{"test", "", steps};
  Graph g = sample();
  ASSERT_TRUE(run_pipeline(g, pipeline, {}, {}, "nothing"));
  EXPECT_EQ(g.nodes.size(), 2u);
  const Status unknown = run_pipeline(g, pipeline, {}, {}, "fold");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kUsage);
  EXPECT_EQ(unknown.error().text(), "[pipeline test] has no pass named 'fold'");
}

}  // namespace paw::pass_test
