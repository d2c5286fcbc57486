// docs/nets.md against all_nets(): the table there must be the one made here.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "nets/nets.h"
#include "ops/ops.h"

namespace paw::nets_doc_test {

std::string pixels(const Preprocess& p) {
  const bool one = p.scale[0] == p.scale[1] && p.scale[1] == p.scale[2] && p.bias[0] == p.bias[1];
  if (one) return fmt::format("x * {:.6g} {:+.6g}", p.scale[0], p.bias[0]);
  return fmt::format("x * [{:.6g}] + [{:.6g}]", fmt::join(p.scale, ", "), fmt::join(p.bias, ", "));
}

// Batch norm's statistics are constants, not parameters.
std::int64_t trainable(const Graph& graph) {
  std::int64_t sum = totals(graph).parameters;
  for (const Node& node : graph.nodes) {
    if (node.op == &op::batch_norm) sum -= 2 * graph.type(node.inputs[3]).shape.elements();
  }
  return sum;
}

std::string table() {
  std::string text =
      "| net | what | width | parameters | MACs | input | short side | filter | pixel 0..255 becomes | source |\n"
      "|---|---|---|---|---|---|---|---|---|---|\n";
  for (const NetInfo& net : all_nets()) {
    const Result<Model> model = build_net(net.name, {.weights = NetOptions::Weights::kZero});
    const Preprocess& p = net.preprocess;
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} x {} | {} | {} | {} | {} |\n", net.name, net.summary,
                        net.has_width ? "yes" : "-", trainable(model->graph), totals(model->graph).macs, p.width,
                        p.height, p.resize_short, enum_name(p.filter), pixels(p), net.source);
  }
  return text;
}

TEST(NetsDoc, TableIsCurrent) {
  std::ifstream file(PAW_SOURCE_DIR "/docs/nets.md");
  ASSERT_TRUE(file) << "docs/nets.md is missing";
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_TRUE(text.str().contains(table())) << "docs/nets.md is stale; its table must be\n" << table();
}

}  // namespace paw::nets_doc_test
