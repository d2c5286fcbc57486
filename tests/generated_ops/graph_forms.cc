// What holds for a one-node graph whatever the op: shapes, the text form, attributes, the .paw file.
#include <gtest/gtest.h>

#include <cmath>

#include "formats/paw/paw_file.h"
#include "generated_ops/properties.h"
#include "ir/builder.h"
#include "ir/text.h"
#include "op_cases/attr_visitors.h"
#include "ops/ops.h"
#include "reference/interpreter.h"

namespace paw {

namespace {

void expect_text_round_trip(const Graph& graph) {
  const std::string text = print_graph(graph);
  const auto parsed = parse_graph(text, {.ops = all_ops(), .resolve = {}});
  ASSERT_TRUE(parsed) << parsed.error().text() << "\n" << text;
  EXPECT_TRUE(equal(*parsed, graph)) << text << "came back as\n" << print_graph(*parsed);
  EXPECT_EQ(print_graph(*parsed), text);
}

}  // namespace

void check_infer(const OpDef& op, const OpCase& c) {
  const auto made = case_graph(op, c);
  ASSERT_TRUE(made) << made.error().text();
  const auto outputs = interpret(made->graph, made->feeds);
  ASSERT_TRUE(outputs) << outputs.error().text();
  ASSERT_EQ(outputs->size(), op.outputs.size());
  for (std::size_t o = 0; o < outputs->size(); ++o) {
    const RefTensor& y = (*outputs)[o];
    const TensorType& type = made->graph.type(made->graph.outputs[o]);
    EXPECT_EQ(y.shape, type.shape);
    ASSERT_EQ(static_cast<std::int64_t>(y.data.size()), type.shape.elements());
    for (std::size_t i = 0; i < y.data.size(); ++i) {
      ASSERT_TRUE(std::isfinite(y.data[i])) << "element " << i << " is " << y.data[i];
      ASSERT_EQ(y.data[i], round_to_type(type, static_cast<std::int64_t>(i), y.data[i])) << "not rounded to its type";
    }
  }
}

void check_text(const OpDef& op, const OpCase& c) {
  for (const Operands operands : {Operands::kInputs, Operands::kConstants}) {
    const auto made = case_graph(op, c, operands);
    ASSERT_TRUE(made) << made.error().text();
    expect_text_round_trip(made->graph);
  }
}

void check_attributes(const OpDef& op, const OpCase& c) {
  const Attrs original = c.attrs.empty() && op.default_attrs ? op.default_attrs() : c.attrs;
  EXPECT_TRUE(original == Attrs(original));
  ChangeOne count(SIZE_MAX);
  original.inspect(count);
  for (std::size_t n = 0; n < count.places(); ++n) {
    Attrs changed = original;
    ChangeOne change(n);
    changed.visit(change);
    SCOPED_TRACE("field " + change.changed());
    EXPECT_FALSE(changed == original);
    EXPECT_TRUE(changed == Attrs(changed));
    OpCase variant = c;
    variant.attrs = changed;
    if (const auto made = case_graph(op, variant)) expect_text_round_trip(made->graph);
  }
}

// The op behind a model's image input, its operands stored as weights.
void check_file(const OpDef& op, const OpCase& c) {
  GraphBuilder builder("model");
  Model model;
  model.preprocess = Preprocess{};
  model.preprocess->width = model.preprocess->height = 2;
  const ValueId image = builder.input("image", {DType::kF32, {1, 2, 2, 3}});
  builder.output(image);
  const std::vector<RefTensor> values = case_values(op, c);
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const TensorType& type = c.inputs[i].type;
    operands.push_back(c.inputs[i].absent ? ValueId() : builder.constant(from_ref(type, values[i])));
  }
  for (const ValueId y : builder.call_all(op, operands, c.attrs, {{}, c.name, c.output_quant})) builder.output(y);
  auto graph = builder.finish();
  ASSERT_TRUE(graph) << graph.error().text();
  model.graph = std::move(*graph);

  const auto file = write_paw(model);
  ASSERT_TRUE(file) << file.error().text();
  const auto read = read_paw(*file, "case.paw", all_ops());
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_TRUE(equal(*read, model)) << print_graph(read->graph);
  const auto again = write_paw(*read);
  ASSERT_TRUE(again);
  EXPECT_TRUE(*again == *file) << "the same model gave other bytes";
}

}  // namespace paw
