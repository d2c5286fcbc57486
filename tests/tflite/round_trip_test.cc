// Graph, file, graph: equal but for names, after the passes that spell ops in one way.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "formats/tflite/tflite_file.h"
#include "ir/text.h"
#include "nets/nets.h"
#include "op_cases/op_cases.h"
#include "ops/ops.h"
#include "passes/export_form.h"
#include "passes/passes.h"

namespace paw::round_trip_test {

Graph nameless(Graph graph) {
  graph.name.clear();
  for (Value& value : graph.values) value.name.clear();
  for (Node& node : graph.nodes) node.source.clear();
  return graph;
}

Graph canonical(Graph graph) {
  graph = nameless(std::move(graph));
  const Status done = run_pipeline(graph, *find_pipeline("deploy"));
  EXPECT_TRUE(done) << done.error().text();
  return graph;
}

std::string difference(const Graph& a, const Graph& b) {
  if (equal(a, b)) return {};
  std::string out;
  const std::size_t n = std::max(a.nodes.size(), b.nodes.size());
  for (std::size_t i = 0; i < n; ++i) {
    const std::string left = i < a.nodes.size() ? print_node(a, NodeId(i)) : "-";
    const std::string right = i < b.nodes.size() ? print_node(b, NodeId(i)) : "-";
    if (left != right) return left + "\n" + right;
  }
  return "constants or interface";
}

// Empty: equal again. Else what was refused, or the difference.
std::string round_trip(const Graph& graph) {
  const Graph before = canonical(graph);
  const auto file = write_tflite({.graph = graph});
  if (!file) return file.error().text();
  const auto read = read_tflite(*file, "again.tflite");
  if (!read) return "NOT READ: " + read.error().text();
  const std::string found = difference(before, canonical(read->model.graph));
  return found.empty() ? found : "DIFFERS:\n" + found;
}

TEST(TfliteRoundTrip, EveryCaseOfEveryOp) {
  for (const OpDef* op : all_ops()) {
    if (op->has(kTrainOnly)) continue;
    for (const OpCase& c : op->cases()) {
      const auto made = case_graph(*op, c);
      ASSERT_TRUE(made);
      const std::string result = round_trip(made->graph);
      if (!result.empty()) printf("%s: %s\n", case_name(*op, c).c_str(), result.c_str());
      const auto quantised = int8_case(*op, c);
      if (!quantised) continue;
      const auto made8 = case_graph(*op, *quantised, Operands::kInputs);
      ASSERT_TRUE(made8);
      const std::string result8 = round_trip(made8->graph);
      if (!result8.empty()) printf("int8 %s: %s\n", case_name(*op, c).c_str(), result8.c_str());
    }
  }
}

TEST(TfliteRoundTrip, EveryNet) {
  for (const NetInfo& info : all_nets()) {
    auto net = build_net(info.name, {.size = std::max<std::int64_t>(info.min_size, 32), .classes = 10});
    ASSERT_TRUE(net);
    auto exported = export_form(*net);
    ASSERT_TRUE(exported) << exported.error().text();
    const std::string result = round_trip(exported->graph);
    if (!result.empty()) printf("%s: %s\n", std::string(info.name).c_str(), result.c_str());
  }
}

}  // namespace paw::round_trip_test
