#include "pipeline/op_support.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "formats/coreml/coreml_file.h"
#include "formats/paw/paw_file.h"
#include "formats/tflite/tflite_file.h"
#include "host/text.h"
#include "ir/builder.h"
#include "ir/text.h"
#include "lower/lower.h"
#include "ops/cast.h"
#include "ops/ops.h"
#include "reference/op_cases.h"

namespace paw {

namespace op_columns {
namespace {

constexpr std::string_view kYes = "yes";

std::string computes(const OpDef& op) { return std::string(op.summary); }

std::string inputs(const OpDef& op) {
  std::string out;
  for (std::size_t i = 0; i < op.inputs.size(); ++i) {
    const PortSpec& port = op.inputs[i];
    out += (i > 0 ? ", " : "") + std::string(port.name);
    if (port.kind == PortSpec::Kind::kOptional) out += "?";
    if (port.kind == PortSpec::Kind::kVariadic) out += "...";
  }
  return out;
}

std::string gradient(const OpDef& op) {
  return op.gradient != nullptr ? std::string(kYes) : "no: " + std::string(op.no_gradient);
}

std::string number(float value) {
  std::array<char, 32> text{};
  char* end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

// How the scale of a quantised result is found.
std::string int8(const OpDef& op) {
  const std::vector<OpCase> cases = op.cases();
  if (op.has(kDeclaresOutputScale)) return "declared on the result";
  if (std::ranges::any_of(cases, [](const OpCase& c) { return c.inputs[0].type.quant && !c.output_quant; }) &&
      std::ranges::none_of(cases, [](const OpCase& c) { return is_float(c.inputs[0].type.dtype); })) {
    return "reads it, real result";
  }
  if (std::ranges::none_of(cases, [&](const OpCase& c) { return int8_case(op, c).has_value(); })) return "no";
  if (op.has(kSharesInputScale)) return "scale of the first input";
  if (op.has(kFixedOutputScale)) {
    const auto quant = op.fixed_quant(DType::kI8);
    return "fixed: scale " + number(quant->scale[0]) + ", zero point " + std::to_string(quant->zero_point[0]);
  }
  return "calibrated";
}

std::string train_only(const OpDef& op) { return op.has(kTrainOnly) ? std::string(kYes) : ""; }

bool holds_text(const OpDef& op, const OpCase& c) {
  const auto made = case_graph(op, c);
  if (!made) return false;
  const auto parsed = parse_graph(print_graph(made->graph), {.ops = all_ops(), .resolve = {}});
  return parsed && equal(*parsed, made->graph);
}

std::string text_form(const OpDef& op) {
  return std::ranges::all_of(op.cases(), [&](const OpCase& c) { return holds_text(op, c); }) ? std::string(kYes) : "no";
}

// A .paw file holds a model: the op stands behind an image input.
bool holds_paw(const OpDef& op, const OpCase& c) {
  GraphBuilder builder("model");
  Model model;
  model.preprocess = Preprocess{};
  model.preprocess->width = model.preprocess->height = 1;
  builder.output(builder.input("image", {DType::kF32, {1, 1, 1, 3}}));
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const CaseInput& in = c.inputs[i];
    operands.push_back(in.absent ? ValueId() : builder.constant(Tensor::zeros(in.type)));
  }
  builder.output(builder.call(op, operands, c.attrs, {{}, {}, c.output_quant}));
  auto graph = builder.finish();
  if (!graph) return false;
  model.graph = std::move(*graph);
  const auto file = write_paw(model);
  if (!file) return false;
  const auto read = read_paw(*file, "op", all_ops());
  return read && equal(*read, model);
}

std::string paw_file(const OpDef& op) {
  return std::ranges::all_of(op.cases(), [&](const OpCase& c) { return holds_paw(op, c); }) ? std::string(kYes) : "no";
}

// Whether the engine runs all of these graphs, or the first reason why not; empty without graphs. The generated tests
// compare what it runs with the reference.
std::string engine_runs(const std::vector<CaseGraph>& graphs) {
  std::size_t runs = 0;
  std::string refusal;
  for (const CaseGraph& made : graphs) {
    const auto plan = lower(made.graph, {.deploy_passes = false});
    if (plan) {
      ++runs;
    } else if (refusal.empty()) {
      refusal = plan.error().message;
    }
  }
  if (graphs.empty()) return {};
  if (refusal.empty()) return std::string(kYes);
  return (runs == 0 ? "no: " : "partly: ") + refusal;
}

std::string engine(const OpDef& op) {
  std::vector<CaseGraph> graphs;
  for (const OpCase& c : op.cases()) {
    auto made = case_graph(op, c);
    if (!made) return "no: " + made.error().text();
    graphs.push_back(std::move(*made));
  }
  return engine_runs(graphs);
}

std::string engine_int8(const OpDef& op) {
  std::vector<CaseGraph> graphs;
  for (const OpCase& c : op.cases()) {
    if (auto made = int8_graph(op, c)) graphs.push_back(std::move(*made));
  }
  return engine_runs(graphs);
}

// Written and read again; equality is tests/tflite's matter. Weights may be computed while a model runs, so that every
// operand is an input.
std::string tflite_file(const OpDef& op) {
  if (op.has(kTrainOnly)) return "no: training only";
  std::size_t held = 0;
  std::string refusal;
  for (const OpCase& c : op.cases()) {
    const auto made = case_graph(op, c);
    if (!made) return "no: " + made.error().text();
    const auto file = write_tflite({.graph = made->graph});
    const auto read = file ? read_tflite(*file, "op") : std::unexpected(file.error());
    if (read) {
      ++held;
    } else if (refusal.empty()) {
      refusal = read.error().message;
    }
  }
  if (refusal.empty()) return std::string(kYes);
  return (held == 0 ? "no: " : "partly: ") + refusal;
}

// The case as a Core ML model: its first operand an input, the others constants, integers only between quantize and
// dequantize. Cases with operands that no model there can have, whatever the op, do not count.
Result<Model> core_ml_model(const OpDef& op, const OpCase& c) {
  GraphBuilder builder("model");
  std::vector<ValueId> operands;
  for (std::size_t i = 0; i < c.inputs.size(); ++i) {
    const TensorType& type = c.inputs[i].type;
    const bool input = i == 0 || op.inputs.variadic();
    ValueId operand;
    if (!c.inputs[i].absent)
      operand =
          input ? builder.input(operand_name(op, i), {DType::kF32, type.shape}) : builder.constant(Tensor::zeros(type));
    if (input && type.quant)
      operand = builder.call(op::quantize, {operand}, DtypeAttrs{type.dtype}, {.quant = type.quant});
    operands.push_back(operand);
  }
  ValueId y = builder.call(op, operands, c.attrs, {{}, {}, c.output_quant});
  if (builder.type(y).quant) y = builder.call(op::dequantize, {y});
  builder.output(y);
  Model model;
  PAW_ASSIGN_OR_RETURN(model.graph, builder.finish());
  return model;
}

bool counts_for_core_ml(const OpDef& op, const OpCase& c) {
  const bool between = &op == &op::quantize || &op == &op::dequantize;
  return std::ranges::all_of(c.inputs, [&](const CaseInput& in) {
    return in.absent || (in.type.shape.rank() > 0 && (in.type.dtype == DType::kF32 || (between && in.type.quant)));
  });
}

template <class Through>
std::string core_ml(const OpDef& op, Through through) {
  if (op.has(kTrainOnly)) return "no: training only";
  std::size_t held = 0;
  std::string refusal;
  for (const OpCase& c : op.cases()) {
    if (!counts_for_core_ml(op, c)) continue;
    const auto model = core_ml_model(op, c);
    if (!model || model->graph.type(model->graph.outputs[0]).shape.rank() == 0) continue;
    const auto read = through(*model);
    if (read) {
      ++held;
    } else if (refusal.empty()) {
      refusal = read.error().message;
    }
  }
  if (refusal.empty()) return held == 0 ? "" : std::string(kYes);
  return (held == 0 ? "no: " : "partly: ") + refusal;
}

std::string ml_program(const OpDef& op) {
  return core_ml(op, [](const Model& model) -> Result<ReadModel> {
    PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, {.at_least = IosVersion::kIos18}));
    return read_mlpackage(package, "op");
  });
}

std::string neural_network(const OpDef& op) {
  return core_ml(op, [](const Model& model) -> Result<ReadModel> {
    PAW_ASSIGN_OR_RETURN(const Bytes file, write_neural_network(model));
    return read_mlmodel(file, "op");
  });
}

struct Column {
  std::string_view title;
  std::string (*cell)(const OpDef&);
  std::string_view format = {};  // of model_formats(), whose column it is
};
// One line per thing to know about an op. Formats: "yes" when they hold it, else why not.
constexpr Column kColumns[] = {
    {"computes", computes},
    {"inputs", inputs},
    {"gradient", gradient},
    {"int8 scale", int8},
    {"training only", train_only},
    {"text", text_form},
    {".paw", paw_file, "paw"},
    {"engine", engine, "plan"},
    {"engine, 8 bits", engine_int8},
    {".tflite", tflite_file, "tflite"},
    {".mlpackage", ml_program, "mlpackage"},
    {".mlmodel", neural_network, "mlmodel"},
};

std::string escaped(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.insert(at, "\\");
  return text;
}

}  // namespace
}  // namespace op_columns

std::string op_support_page() {
  using op_columns::kColumns, op_columns::Column, op_columns::escaped;
  std::string page =
      "# Ops and what supports them\n\n"
      "Generated by `build/release/paw_op_support > docs/op-support.md`; a test fails when it is stale. Every op has "
      "a\n"
      "reference implementation, shape inference and generated tests. `x?` is optional, `xs...` one or more.\n\n";
  std::string rule = "|---|";
  page += "| op |";
  for (const Column& column : kColumns) {
    page += " " + std::string(column.title) + " |";
    rule += "---|";
  }
  page += "\n" + rule + "\n";
  for (const OpDef* op : all_ops()) {
    page += "| `" + std::string(op->name) + "` |";
    for (const Column& column : kColumns) {
      const std::string cell = escaped(column.cell(*op));
      page += cell.empty() ? " |" : " " + cell + " |";
    }
    page += "\n";
  }
  return page;
}

std::vector<OpFormats> ops_of_formats() {
  using op_columns::kColumns, op_columns::Column;
  std::vector<OpFormats> out;
  for (const OpDef* op : all_ops()) {
    if (op->has(kTrainOnly)) continue;
    OpFormats row{.op = op->name, .held = {}};
    for (const Column& column : kColumns) {
      if (!column.format.empty()) row.held.emplace_back(column.format, column.cell(*op));
    }
    out.push_back(std::move(row));
  }
  return out;
}

Json to_json(const std::vector<OpFormats>& ops) {
  Json rows = Json::array();
  for (const OpFormats& op : ops) {
    Json row = {{"op", op.op}};
    for (const auto& [format, held] : op.held) row[std::string(format)] = held;
    rows.push_back(std::move(row));
  }
  return {{"ops", rows}};
}

std::string to_text(const std::vector<OpFormats>& ops) {
  std::string text = fmt::format("{:<18}", "op"), reasons;
  if (ops.empty()) return text;
  for (const auto& [format, held] : ops[0].held) text += fmt::format(" {:<10}", format);
  text.erase(text.find_last_not_of(' ') + 1);
  text += "\n";
  for (const OpFormats& op : ops) {
    text += fmt::format("{:<18}", op.op);
    for (const auto& [format, held] : op.held) {
      const std::string_view word = std::string_view(held).substr(0, held.find(':'));
      text += fmt::format(" {:<10}", word.empty() ? "-" : word);
      if (word.size() < held.size()) reasons += fmt::format("  {} in {}: {}\n", op.op, format, printable(held));
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += "\n";
  }
  return text + "\n" + reasons;
}

}  // namespace paw
