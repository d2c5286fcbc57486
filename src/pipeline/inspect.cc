#include "pipeline/inspect.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/text.h"
#include "ir/op_def.h"

namespace paw {

namespace {

std::vector<LayerInfo> list_layers(const Graph& graph) {
  std::vector<LayerInfo> layers;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const ModelTotals own = totals(graph, NodeId(i));
    layers.push_back({.name = node.source.empty() ? graph.label(node.outputs[0]) : node.source,
                      .op = std::string(node.op->name),
                      .output = graph.type(node.outputs[0]).text(),
                      .parameters = own.parameters,
                      .macs = own.macs});
  }
  return layers;
}

Json ports_json(const std::vector<std::pair<std::string, TensorType>>& ports) {
  Json out = Json::array();
  for (const auto& [name, type] : ports) {
    Json shape = Json::array();
    for (const std::int64_t extent : type.shape.extents()) shape.push_back(extent);
    out.push_back({{"name", name}, {"dtype", paw::name(type.dtype)}, {"shape", shape}});
  }
  return out;
}

Json preprocess_json(const Preprocess& p) {
  Json out = {{"width", p.width},
              {"height", p.height},
              {"geometry", enum_name(p.geometry)},
              {"filter", enum_name(p.filter)},
              {"color", enum_name(p.color)},
              {"scale", p.scale},
              {"bias", p.bias}};
  if (p.geometry == Geometry::kCrop) out["resize_short"] = p.resize_short;
  if (p.geometry == Geometry::kFit) out["pad_value"] = p.pad_value;
  return out;
}

std::string preprocess_text(const Preprocess& p) {
  const std::string_view geometry = enum_name(p.geometry);
  const std::string_view filter = enum_name(p.filter);
  const std::string_view color = enum_name(p.color);
  std::string how = fmt::format("{} to {}x{}", geometry, p.width, p.height);
  if (p.geometry == Geometry::kCrop) {
    how = fmt::format("short side to {}, centre crop {}x{}", p.resize_short, p.width, p.height);
  }
  return fmt::format("{} ({}), {}, pixel * [{:.6g}] + [{:.6g}]", how, filter, color, fmt::join(p.scale, ", "),
                     fmt::join(p.bias, ", "));
}

std::string labels_text(const std::vector<std::string>& labels) {
  if (labels.empty()) return "none";
  constexpr std::size_t kShown = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(labels.size(), kShown); ++i) {
    text += (i ? ", " : "") + printable(labels[i]);
  }
  return labels.size() > kShown ? fmt::format("{}, ... ({} in all)", text, labels.size()) : text;
}

std::string storage_of(const Value& value) {
  std::string text(name(value.type.dtype));
  if (const QuantParams* quant = value.type.quant.get()) {
    text += quant->block > 0 ? " in blocks" : quant->axis >= 0 ? " per channel" : " per tensor";
  }
  if (value.encoding) text += value.encoding->kind == Encoding::Kind::kSparse ? ", sparse" : ", palette";
  return text;
}

std::map<std::string, Inspection::Stored> stored_constants(const Graph& graph) {
  std::map<std::string, Inspection::Stored> stored;
  for (const Value& value : graph.values) {
    if (!value.constant) continue;
    Inspection::Stored& sum = stored[storage_of(value)];
    ++sum.constants;
    sum.bytes += static_cast<std::int64_t>(value.type.bytes());
  }
  return stored;
}

std::string count_text(std::int64_t count) { return human_count(static_cast<std::uint64_t>(count)); }

}  // namespace

Result<Inspection> inspect_model(const ModelSource& source) {
  PAW_ASSIGN_OR_RETURN(const LoadedModel loaded, load_model(source));
  const Model& model = loaded.model;
  const Graph& graph = model.graph;
  Inspection out{.model = source.name(),
                 .format = loaded.format,
                 .graph = graph.name,
                 .inputs = {},
                 .outputs = {},
                 .preprocess = model.preprocess,
                 .labels = model.labels,
                 .temperature = model.temperature,
                 .threshold = model.threshold,
                 .origin = model.provenance.origin,
                 .photos_seen = model.provenance.photos.size(),
                 .ops = {},
                 .totals = totals(graph),
                 .stored = stored_constants(graph),
                 .metadata = loaded.metadata,
                 .parts = loaded.parts,
                 .notes = loaded.notes,
                 .file_bytes = loaded.file_bytes,
                 .layers = list_layers(graph)};
  for (const ValueId id : graph.inputs) out.inputs.emplace_back(graph.label(id).substr(1), graph.type(id));
  for (const ValueId id : graph.outputs) out.outputs.emplace_back(graph.label(id).substr(1), graph.type(id));
  for (const Node& node : graph.nodes) {
    ++out.ops[std::string(node.op->name)];
    for (const ValueId id : node.outputs) {
      ++out.values;
      out.quantised_values += graph.type(id).quant ? 1 : 0;
    }
  }
  return out;
}

Json to_json(const Inspection& i, bool layers) {
  Json out = {{"model", i.model},
              {"format", i.format},
              {"graph", i.graph},
              {"inputs", ports_json(i.inputs)},
              {"outputs", ports_json(i.outputs)},
              {"preprocess", i.preprocess ? preprocess_json(*i.preprocess) : Json()},
              {"labels", i.labels},
              {"temperature", i.temperature},
              {"threshold", i.threshold},
              {"origin", i.origin},
              {"photos_seen", i.photos_seen},
              {"ops", i.ops},
              {"parameters", i.totals.parameters},
              {"macs", i.totals.macs},
              {"weight_bytes", i.totals.weight_bytes},
              {"bytes", i.file_bytes},
              {"quantisation", {{"quantised_values", i.quantised_values}, {"values", i.values}}}};
  out["constants"] = Json::array();
  for (const auto& [storage, sum] : i.stored) {
    out["constants"].push_back({{"stored", storage}, {"count", sum.constants}, {"bytes", sum.bytes}});
  }
  out["metadata"] = Json::object();
  for (const auto& [key, text] : i.metadata) out["metadata"][key] = text;
  out["parts"] = Json::array();
  for (const auto& [part, bytes] : i.parts) out["parts"].push_back({{"part", part}, {"bytes", bytes}});
  out["notes"] = i.notes;
  if (!layers) return out;
  out["layers"] = Json::array();
  for (const LayerInfo& l : i.layers) {
    out["layers"].push_back(
        {{"name", l.name}, {"op", l.op}, {"output", l.output}, {"parameters", l.parameters}, {"macs", l.macs}});
  }
  return out;
}

std::string to_text(const Inspection& i, bool layers) {
  std::string text = fmt::format("{} ({})\n", printable(i.model), i.format);
  const auto line = [&](std::string_view key, std::string_view value) {
    text += fmt::format("  {:<14} {}\n", key, value);
  };
  for (const auto& [name, type] : i.inputs) line("input", fmt::format("{} {}", printable(name), type.text()));
  for (const auto& [name, type] : i.outputs) line("output", fmt::format("{} {}", printable(name), type.text()));
  line("preprocessing", i.preprocess ? preprocess_text(*i.preprocess) : "none: does not take photos");
  line("labels", labels_text(i.labels));
  line("temperature", fmt::format("{:.6g}", i.temperature));
  line("not sure below", fmt::format("{:.6g}", i.threshold));
  if (!i.origin.empty()) line("origin", printable(i.origin));
  if (i.photos_seen > 0) line("photos seen", fmt::format("{}", i.photos_seen));
  line("parameters", count_text(i.totals.parameters));
  line("MACs", count_text(i.totals.macs));
  line("weights", human_bytes(static_cast<std::uint64_t>(i.totals.weight_bytes)));
  for (const auto& [storage, sum] : i.stored) {
    line("constants",
         fmt::format("{} {}, {}", sum.constants, storage, human_bytes(static_cast<std::uint64_t>(sum.bytes))));
  }
  if (i.quantised_values > 0) line("quantised", fmt::format("{} of {} values", i.quantised_values, i.values));
  if (i.file_bytes > 0) line("file", human_bytes(i.file_bytes));
  for (const auto& [part, bytes] : i.parts) line("", fmt::format("{}: {}", printable(part), human_bytes(bytes)));
  for (const auto& [key, what] : i.metadata) line("metadata", fmt::format("{}: {}", printable(key), printable(what)));
  std::string ops;
  for (const auto& [op, count] : i.ops) ops += fmt::format("{}{} {}", ops.empty() ? "" : ", ", count, op);
  line("ops", ops);
  for (const std::string& note : i.notes) line("note", printable(note));
  if (!layers) return text;
  using enum Table::Align;
  Table table({kLeft, kLeft, kLeft, kRight, kRight});
  table.header({"layer", "op", "output", "parameters", "MACs"});
  for (const LayerInfo& l : i.layers) {
    table.row({printable(l.name), l.op, l.output, count_text(l.parameters), count_text(l.macs)});
  }
  text += "\n" + table.text();
  return text;
}

}  // namespace paw
