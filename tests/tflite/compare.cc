#include "compare.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "formats/tflite/tflite_file.h"
#include "ir/text.h"
#include "nets/nets.h"
#include "passes/export_form.h"
#include "passes/passes.h"

namespace paw::tflite_testing {

namespace {

// One scale for all channels is sometimes written as many equal ones.
void merge_scales(TensorType& type) {
  if (!type.quant || type.quant->axis < 0) return;
  const QuantParams& q = *type.quant;
  const bool equal = std::ranges::count(q.scale, q.scale[0]) == std::ssize(q.scale) &&
                     std::ranges::count(q.zero_point, q.zero_point[0]) == std::ssize(q.zero_point);
  if (equal) type.quant = per_tensor(q.scale[0], q.zero_point[0]);
}

}  // namespace

Graph nameless(Graph graph) {
  graph.name.clear();
  for (Value& value : graph.values) {
    value.name.clear();
    merge_scales(value.type);
  }
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

void check_net(std::string_view name) {
  auto net = build_net(name, {.size = std::max<std::int64_t>(find_net(name)->min_size, 32), .classes = 10});
  ASSERT_TRUE(net);
  auto exported = export_form(*net);
  ASSERT_TRUE(exported) << exported.error().text();
  const auto file = write_tflite(*exported);
  ASSERT_TRUE(file) << name << ": " << file.error().text();
  const auto again = write_tflite(*exported);
  EXPECT_EQ(*file, *again) << name << ": the same model, other bytes";
  const auto read = read_tflite(*file, "again.tflite");
  ASSERT_TRUE(read) << name << ": " << read.error().text();
  EXPECT_EQ(difference(canonical(exported->graph), canonical(read->model.graph)), "") << name;
  EXPECT_EQ(read->model.preprocess, exported->preprocess) << name;
  EXPECT_EQ(read->notes, std::vector<std::string>()) << name;
}

}  // namespace paw::tflite_testing
