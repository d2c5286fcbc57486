// The engine: lowered, planned and executed on every tier, grouped or not, with several thread counts.
#include <gtest/gtest.h>

#include <algorithm>

#include "generated_ops/properties.h"
#include "lower/plan_testing.h"

namespace paw {

namespace {

// What a kernel may differ by, of 1 + |expected|. The cases are small: few terms are summed.
double tolerance(Accuracy accuracy) { return accuracy == Accuracy::kExact ? 0 : 2e-6; }

// All that the engine computes with is float32, and ops that move elements may move others. An op that the engine does
// not run at all says "no" in docs/op-support.md; one that it runs, it runs in every float32 case.
bool may_be_refused(const Graph& graph, const Error& refusal) {
  const bool unknown = refusal.message == "the engine does not run this op";
  return unknown || std::ranges::any_of(graph.values, [](const Value& v) { return v.type.dtype != DType::kF32; });
}

bool has_quantised_result(const Graph& graph) {
  return std::ranges::any_of(graph.outputs, [&](ValueId v) { return graph.type(v).quant != nullptr; });
}

}  // namespace

void check_plan(const OpDef& op, const OpCase& c) {
  const auto made = case_graph(op, c);
  ASSERT_TRUE(made) << made.error().text();
  const auto file = lower(made->graph, {.deploy_passes = false});
  if (!file) {
    EXPECT_EQ(file.error().code, ErrorCode::kUnsupported) << file.error().text();
    EXPECT_FALSE(file.error().message.empty());
    EXPECT_TRUE(may_be_refused(made->graph, file.error())) << file.error().text();
    return;
  }
  if (has_quantised_result(made->graph)) return expect_plan_in_steps(*made, case_name(op, c));
  expect_plan_like_reference(made->graph, made->feeds, tolerance(op.accuracy), case_name(op, c));
}

}  // namespace paw
