// Every op case: written as an ML Program and as a NeuralNetwork, read back, equal but for names.
#include "reference/op_cases.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compare.h"
#include "ir/builder.h"
#include "ops/ops.h"
#include "reference/interpreter.h"

namespace paw::op_cases_test {

namespace {

using namespace coreml_testing;

// The op on `computed` inputs, its other operands constants.
Result<Model> case_model(const OpDef& op, const OpCase& c, std::size_t computed) {
  GraphBuilder builder("case");
  const std::vector<RefTensor> values = case_values(op, c);
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const TensorType& type = c.inputs[i].type;
    if (c.inputs[i].absent) {
      operands.emplace_back();
    } else if (i < computed) {
      operands.push_back(builder.input(operand_name(op, i), type));
    } else {
      operands.push_back(builder.constant(from_ref(type, values[i])));
    }
  }
  for (const ValueId y : builder.call_all(op, operands, c.attrs, {"y", c.name, c.output_quant})) builder.output(y);
  Model model;
  PAW_ASSIGN_OR_RETURN(model.graph, builder.finish());
  return model;
}

void expect_same_results(const Graph& read, const Graph& written, const OpDef& op, const OpCase& c) {
  std::vector<RefTensor> feeds;
  const std::vector<RefTensor> values = case_values(op, c);
  for (std::size_t i = 0; i < written.inputs.size(); ++i) feeds.push_back(values[i]);
  const auto expected = interpret(written, feeds), got = interpret(read, feeds);
  ASSERT_TRUE(expected && got);
  for (std::size_t i = 0; i < (*expected)[0].data.size(); ++i) {
    EXPECT_NEAR((*got)[0].data[i], (*expected)[0].data[i], 1e-6);
  }
}

struct Form {
  std::string_view name;
  Result<ReadModel> (*through)(const Model&);
  // Cases that it says with other ops, or leaves out because they change nothing: compared by what they compute.
  std::vector<std::string_view> otherwise;
};

Result<ReadModel> program_of_18(const Model& model) {
  return through_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos18});
}

// True: the form holds the case.
bool check_case(const Form& form, const OpDef& op, const OpCase& c, std::size_t computed) {
  const auto model = case_model(op, c, computed);
  if (!model) return false;  // a case whose constants alone do not make a model
  const auto read = form.through(*model);
  if (!read) {
    EXPECT_EQ(read.error().code, ErrorCode::kUnsupported) << read.error().text();
    EXPECT_FALSE(read.error().message.empty());
    return false;
  }
  if (std::ranges::find(form.otherwise, case_name(op, c)) != form.otherwise.end()) {
    expect_same_results(read->model.graph, model->graph, op, c);
  } else {
    expect_equal(read->model.graph, model->graph);
  }
  return true;
}

Result<ReadModel> neural_network(const Model& model) { return through_network(model); }

// How many cases the form holds. Ops that it has no word for: those of training, and `none`.
int check_all(const Form& form, std::initializer_list<const OpDef*> none) {
  int held = 0;
  for (const OpDef* op : all_ops()) {
    int of_op = 0;
    for (const OpCase& c : op->cases()) {
      SCOPED_TRACE(case_name(*op, c));
      of_op += check_case(form, *op, c, 12) ? 1 : 0;
      if (c.inputs.size() > 1) of_op += check_case(form, *op, c, 1) ? 1 : 0;
    }
    const bool training = op->has(kTrainOnly) || op == &op::dropout || op->name.find("_grad") != std::string::npos;
    EXPECT_EQ(of_op == 0, training || std::ranges::find(none, op) != none.end()) << op->name;
    held += of_op;
  }
  return held;
}

// Integers are no inputs and outputs of a model: quantize and dequantize have tests of their own.
TEST(CoreMlRoundTrip, EveryOpCaseThatAnMlProgramHolds) {
  const Form program{"ML Program", program_of_18, {"maximum/scalar", "minimum/scalar", "cast/same"}};
  EXPECT_GT(check_all(program, {&op::quantize, &op::dequantize}), 180);
}

TEST(CoreMlRoundTrip, EveryOpCaseThatANeuralNetworkHolds) {
  const Form network{
      "NeuralNetwork", neural_network, {"maximum/scalar", "minimum/scalar", "cast/same", "sub/scalar", "sub/channel"}};
  EXPECT_GT(check_all(network, {&op::quantize, &op::dequantize}), 180);
}

}  // namespace
}  // namespace paw::op_cases_test
