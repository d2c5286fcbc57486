// For tests of the rewriter: small graphs from text, and edits that must be refused.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "ir/rewriter.h"
#include "ir/text.h"
#include "ops/ops.h"

namespace paw {

inline Graph parse(const std::string& text) {
  Result<Graph> graph = parse_graph(text, {.ops = find_op});
  EXPECT_TRUE(graph) << graph.error().text();
  return graph ? std::move(*graph) : Graph{};
}

inline NodeId node_of(const Graph& graph, std::string_view value) { return Uses(graph).producer(graph.find(value)); }

// %x -> relu %a -> neg %b -> exp %y
inline Graph chain() {
  return parse(R"(graph g(%x: f32[2]) -> (%y) {
  %a = relu(%x) : f32[2] @ "one"
  %b = neg(%a) : f32[2] @ "two"
  %y = exp(%b) : f32[2] @ "three"
}
)");
}

// finish() must fail, name the reason and leave the graph alone.
inline void expect_refused(Rewriter& edits, Graph& graph, const std::string& reason,
                           ErrorCode code = ErrorCode::kInternal) {
  const std::string before = print_graph(graph);
  const Result<bool> result = edits.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, code);
  EXPECT_THAT(result.error().text(), testing::HasSubstr(reason));
  EXPECT_EQ(print_graph(graph), before);
}

}  // namespace paw
