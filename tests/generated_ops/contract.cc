// The definition itself: complete, consistent, and honest about its traits and cost.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "generated_ops/properties.h"
#include "ir/verify.h"
#include "ops/elementwise.h"
#include "ops/ops.h"
#include "reference/interpreter.h"

namespace paw {

namespace {

bool is_identifier(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

void check_cases(const OpDef& op) {
  const std::vector<OpCase> cases = op.cases();
  EXPECT_GE(cases.size(), 3u);
  EXPECT_LE(cases.size(), 8u);
  std::set<std::string> names;
  std::set<std::string> floats, differentiated;  // ports
  for (const OpCase& c : cases) {
    EXPECT_TRUE(is_identifier(c.name)) << c.name;
    EXPECT_TRUE(names.insert(c.name).second) << "two cases are called " << c.name;
    EXPECT_TRUE(c.attrs.empty() || op.default_attrs) << c.name;
    for (std::size_t i = 0; i < c.inputs.size(); ++i) {
      const CaseInput& in = c.inputs[i];
      if (in.absent || !is_float(in.type.dtype)) continue;
      floats.insert(operand_name(op, i));
      if (in.differentiable) differentiated.insert(operand_name(op, i));
    }
  }
  // Autodiff takes a missing gradient for zero: every float operand must be checked somewhere.
  const bool exact = op.gradient != nullptr && !op.has(kSurrogateGradient);
  EXPECT_TRUE(!exact || floats == differentiated) << "operands whose gradient no case checks";
}

// Swapping the first two operands changes no bit.
void check_commutative(const OpDef& op, const CaseGraph& made, const std::vector<RefTensor>& outputs) {
  CaseGraph swapped = made;
  std::swap(swapped.graph.nodes[0].inputs[0], swapped.graph.nodes[0].inputs[1]);
  ASSERT_TRUE(verify(swapped.graph)) << op.name;
  const auto result = interpret(swapped.graph, made.feeds);
  ASSERT_TRUE(result);
  for (std::size_t i = 0; i < outputs.size(); ++i) EXPECT_EQ((*result)[i].data, outputs[i].data);
}

// Changing one element of the first operand changes only the results that read it after broadcasting.
void check_elementwise(const CaseGraph& made, const std::vector<RefTensor>& outputs) {
  const RefTensor& x = made.feeds[0];
  const RefTensor& y = outputs[0];
  const std::vector<std::size_t> source = broadcast_index(x.shape, y.shape);
  for (std::size_t at = 0; at < x.data.size(); at += 1 + x.data.size() / 4) {
    std::vector<RefTensor> feeds = made.feeds;
    feeds[0].data[at] += 0.25;
    const auto result = interpret(made.graph, feeds);
    ASSERT_TRUE(result);
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      EXPECT_TRUE(source[i] == at || (*result)[0].data[i] == y.data[i]) << "element " << i << " reads " << at;
    }
  }
}

// Every result is one of x's elements, or the one filling value.
void check_shape_only(const CaseGraph& made, const std::vector<RefTensor>& outputs) {
  std::set<double> known;
  for (const RefTensor& feed : made.feeds) known.insert(feed.data.begin(), feed.data.end());
  std::set<double> fillers;
  for (const double v : outputs[0].data) {
    if (!known.contains(v)) fillers.insert(v);
  }
  EXPECT_LE(fillers.size(), 1u);
}

}  // namespace

void check_contract(const OpDef& op) {
  EXPECT_TRUE(is_identifier(op.name));
  EXPECT_FALSE(op.summary.empty());
  ASSERT_TRUE(op.infer && op.reference && op.cases);
  EXPECT_GE(op.inputs.size(), 1u);
  EXPECT_GE(op.outputs.size(), 1u);
  EXPECT_EQ(find_op(all_ops(), op.name), &op);
  EXPECT_EQ(op.gradient == nullptr, !op.no_gradient.empty()) << "either a gradient or the reason why none";
  EXPECT_TRUE(op.cost != nullptr || op.has(kShapeOnly)) << "an op that computes states its cost";
  EXPECT_EQ(op.has(kFixedOutputScale), op.fixed_quant != nullptr);
  const bool backward = op.name.contains("_grad");
  EXPECT_TRUE(!backward || op.has(kTrainOnly)) << "a backward op is never in an exported model";
  for (const Trait ruled : {kSharesInputScale, kFixedOutputScale, kDeclaresOutputScale}) {
    const std::uint32_t all = kSharesInputScale | kFixedOutputScale | kDeclaresOutputScale;
    EXPECT_TRUE(!op.has(ruled) || (op.traits & all) == static_cast<std::uint32_t>(ruled)) << "one scale rule at most";
  }
  check_cases(op);
}

void check_traits(const OpDef& op, const OpCase& c) {
  const auto made = case_graph(op, c);
  ASSERT_TRUE(made) << made.error().text();
  const auto outputs = interpret(made->graph, made->feeds);
  ASSERT_TRUE(outputs) << outputs.error().text();
  if (op.cost != nullptr) {
    std::vector<const TensorType*> types;
    for (const ValueId in : made->operands) types.push_back(in.valid() ? &made->graph.type(in) : nullptr);
    std::vector<TensorType> results;
    for (const ValueId out : made->graph.outputs) results.push_back(made->graph.type(out));
    const Cost cost = op.cost({op, made->graph.nodes[0].attrs, types, {}}, results);
    EXPECT_GE(cost.macs, 0);
    EXPECT_GE(cost.ops, 0);
    EXPECT_TRUE(op.has(kShapeOnly) || cost.macs + cost.ops > 0);
  }
  if (op.has(kCommutative)) check_commutative(op, *made, *outputs);
  if (op.has(kElementwise)) check_elementwise(*made, *outputs);
  if (op.has(kShapeOnly)) check_shape_only(*made, *outputs);
}

}  // namespace paw
