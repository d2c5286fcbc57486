// The printer of the text form. Prints any graph, also one that does not verify: ids out of range become %?.
#include <algorithm>
#include <utility>

#include "ir/text.h"
#include "ir/text_lexer.h"
#include "ir/text_literal.h"

namespace paw {

namespace {

template <class Values>
std::string int_list(const Values& values) {
  std::string out = "[";
  for (const std::int64_t v : values) {
    if (out.size() > 1) out += ',';
    append_number(out, v);
  }
  return out + "]";
}

// Every field as text, so that fields can be compared with the defaults exactly as they would print.
class FieldTexts final : public FieldVisitor {
 public:
  std::vector<std::pair<std::string_view, std::string>> fields;

  void on_bool(std::string_view name, bool& value) override { fields.emplace_back(name, value ? "true" : "false"); }
  void on_int(std::string_view name, std::int64_t& value) override { append_number(add(name), value); }
  void on_real(std::string_view name, double& value) override { append_number(add(name), value); }
  void on_dtype(std::string_view name, DType& value) override { fields.emplace_back(name, paw::name(value)); }
  void on_enum(std::string_view name, std::span<const std::string_view> names, int& index) override {
    const auto i = static_cast<std::size_t>(index);
    fields.emplace_back(name, i < names.size() ? names[i] : "?");
  }
  void on_ints(std::string_view name, std::span<std::int64_t> values) override {
    fields.emplace_back(name, int_list(values));
  }
  void on_int_list(std::string_view name, std::vector<std::int64_t>& values) override {
    fields.emplace_back(name, int_list(values));
  }

 private:
  std::string& add(std::string_view name) { return fields.emplace_back(name, "").second; }
};

class Printer {
 public:
  Printer(const Graph& graph, const PrintOptions& options) : graph_(graph), options_(options) { schedule(); }

  std::string graph() {
    header();
    std::size_t next = 0;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      for (; next < constants_.size() && constants_[next].before == i; ++next) constant(constants_[next].id);
      out_ += "  ";
      node(graph_.nodes[i]);
      out_ += '\n';
    }
    for (; next < constants_.size(); ++next) constant(constants_[next].id);
    out_ += "}\n";
    return std::move(out_);
  }

  std::string one_node(NodeId id) {
    node(graph_[id]);
    return std::move(out_);
  }

 private:
  struct ScheduledConstant {
    std::size_t before;  // index of the first node that reads it; the number of nodes when none does
    ValueId id;
  };

  bool exists(ValueId id) const { return id.valid() && id.index < graph_.values.size(); }

  // Decides where constants stand (before their first reader) and numbers unnamed values in order of appearance.
  void schedule() {
    number_.assign(graph_.values.size(), kUnnumbered);
    std::vector<bool> placed(graph_.values.size());
    for (const ValueId input : graph_.inputs) appear(input);
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      for (const ValueId input : graph_.nodes[i].inputs) {
        if (!exists(input) || !graph_.is_constant(input) || placed[input.index]) continue;
        placed[input.index] = true;
        constants_.push_back({i, input});
        appear(input);
      }
      for (const ValueId output : graph_.nodes[i].outputs) appear(output);
    }
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      const ValueId id(i);
      if (graph_.is_constant(id) && !placed[i]) constants_.push_back({graph_.nodes.size(), id});
      appear(id);
    }
  }

  void appear(ValueId id) {
    if (exists(id) && graph_[id].name.empty() && number_[id.index] == kUnnumbered) number_[id.index] = numbered_++;
  }

  void header() {
    out_ += "graph";
    if (is_plain_name(graph_.name)) {
      out_ += ' ';
      out_ += graph_.name;
    } else if (!graph_.name.empty()) {
      out_ += ' ';
      append_quoted(out_, graph_.name);
    }
    out_ += '(';
    for (std::size_t i = 0; i < graph_.inputs.size(); ++i) {
      if (i > 0) out_ += ", ";
      value(graph_.inputs[i]);
      out_ += ": ";
      type(graph_.inputs[i]);
    }
    out_ += ") -> (";
    list(graph_.outputs);
    out_ += ") {\n";
  }

  void value(ValueId id) {
    if (!exists(id)) {
      out_ += id.valid() ? "%?" : "_";
      return;
    }
    out_ += '%';
    const std::string& name = graph_[id].name;
    if (name.empty()) {
      append_number(out_, static_cast<std::int64_t>(number_[id.index]));
    } else if (is_plain_name(name)) {
      out_ += name;
    } else {
      append_quoted(out_, name);
    }
  }

  void list(const std::vector<ValueId>& ids) {
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (i > 0) out_ += ", ";
      value(ids[i]);
    }
  }

  void type(ValueId id) { out_ += exists(id) ? graph_.type(id).text() : "?"; }

  void constant(ValueId id) {
    out_ += "  ";
    value(id);
    out_ += " = const ";
    payload(id);
    out_ += " : ";
    type(id);
    if (graph_[id].encoding) encoding(*graph_[id].encoding);
    out_ += '\n';
  }

  void payload(ValueId id) {
    const TensorType& type = graph_.type(id);
    const Bytes& data = *graph_[id].constant;
    if (options_.reference) {
      out_ += "ref " + std::to_string(options_.reference(id));
      return;
    }
    const std::int64_t elements = type.shape.valid() ? type.shape.elements() : 0;
    const bool printable = elements > 0 && data.size() == type.bytes();  // false: the graph does not verify
    if (printable && all_elements_equal(type.dtype, data.data(), elements)) {
      out_ += "fill ";
      append_element(out_, type.dtype, data.data(), 0);
    } else if (!printable || static_cast<std::size_t>(elements) > options_.max_dense) {
      out_ += "elided";
    } else {
      out_ += "dense [";
      for (std::int64_t i = 0; i < elements; ++i) {
        if (i > 0) out_ += ',';
        append_element(out_, type.dtype, data.data(), i);
      }
      out_ += ']';
    }
  }

  void encoding(const Encoding& e) {
    const bool palette = e.kind == Encoding::Kind::kPalette;
    out_ += palette ? " palette(" : " sparse(";
    if (palette || e.bits != 0) out_ += "bits=" + std::to_string(e.bits) + ", ";
    out_ += "axis=" + std::to_string(e.axis) + ", group=" + std::to_string(e.group) + ")";
  }

  void node(const Node& node) {
    list(node.outputs);
    if (!node.outputs.empty()) out_ += " = ";
    out_ += node.op != nullptr ? node.op->name : "?";
    out_ += '(';
    list(node.inputs);
    out_ += ')';
    attributes(node);
    for (std::size_t i = 0; i < node.outputs.size(); ++i) {
      out_ += i == 0 ? " : " : ", ";
      type(node.outputs[i]);
    }
    if (node.source.empty()) return;
    out_ += " @ ";
    append_quoted(out_, node.source);
  }

  void attributes(const Node& node) {
    if (node.attrs.empty() || node.op == nullptr) return;
    FieldTexts stated, defaults;
    node.attrs.inspect(stated);
    if (node.op->default_attrs != nullptr) node.op->default_attrs().inspect(defaults);
    bool any = false;
    for (const auto& field : stated.fields) {
      if (std::ranges::find(defaults.fields, field) != defaults.fields.end()) continue;
      out_ += any ? ", " : " {";
      any = true;
      out_ += field.first;
      out_ += '=';
      out_ += field.second;
    }
    if (any) out_ += '}';
  }

  static constexpr std::size_t kUnnumbered = SIZE_MAX;
  const Graph& graph_;
  const PrintOptions& options_;
  std::vector<std::size_t> number_;  // per value; named ones have none
  std::size_t numbered_ = 0;
  std::vector<ScheduledConstant> constants_;  // in the order in which they are printed
  std::string out_;
};

}  // namespace

std::string print_graph(const Graph& graph, const PrintOptions& options) { return Printer(graph, options).graph(); }

std::string print_node(const Graph& graph, NodeId node) { return Printer(graph, {}).one_node(node); }

}  // namespace paw
