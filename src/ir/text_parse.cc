// The parser of the text form: statements into a graph. Never recursive; every limit is checked before memory is
// asked for.
#include <algorithm>
#include <cstring>
#include <map>
#include <utility>

#include "base/nearest.h"
#include "ir/names.h"
#include "ir/text.h"
#include "ir/text_parts.h"
#include "ir/verify.h"

namespace paw {

namespace {

// Far above any real graph (a training graph of a large net has a few thousand), and low enough that a text full of
// tiny nodes stays below 256 MB.
constexpr std::size_t kMaxValues = std::size_t{1} << 18;
constexpr std::size_t kMaxMessage = 400;

// "did you mean 'conv2d'?", or where to look.
std::string known_ops_hint(OpList ops, std::string_view name) {
  std::vector<std::string_view> names;
  for (const OpDef* op : ops) names.push_back(op->name);
  const std::string near = did_you_mean(name, names);
  return near.empty() ? "docs/op-support.md lists the known ones" : near;
}

// The type an output gets by inference, against what the text states.
Status check_node(const Graph& graph, const Node& node) {
  std::vector<const TensorType*> types;
  types.reserve(node.inputs.size());
  for (const ValueId input : node.inputs) types.push_back(input.valid() ? &graph.type(input) : nullptr);
  PAW_ASSIGN_OR_RETURN(const std::vector<TensorType> inferred, infer_types(*node.op, node.attrs, types, node.source));
  for (std::size_t i = 0; i < inferred.size(); ++i) {
    const TensorType& stated = graph.type(node.outputs[i]);
    PAW_ASSIGN_OR_RETURN(const TensorType expected,
                         resolve_output_type(*node.op, types, inferred[i], stated.quant, node.source));
    if (expected == stated) continue;
    return fail(ErrorCode::kUnsupported, {}, "computes " + expected.text() + ", the text states " + stated.text());
  }
  return {};
}

class GraphParser {
 public:
  GraphParser(std::string_view text, const ParseOptions& options)
      : c_(text), options_(options), budget_(options.max_constant_bytes) {}

  Result<Graph> run() {
    PAW_RETURN_IF_ERROR(parse_header());
    while (!c_.accept("}")) PAW_RETURN_IF_ERROR(parse_statement());
    if (c_.token().kind != Token::Kind::kEnd) return c_.unexpected("the end of the text after the graph's '}'");
    for (const Token& output : outputs_) {
      const ValueId id = find(output);
      if (!id.valid())
        return c_.error(output.offset, "the graph outputs " + shown(output.text) + ", which it never defines");
      graph_.outputs.push_back(id);
    }
    if (Status valid = verify(graph_); !valid) return located(std::move(valid).error());
    return std::move(graph_);
  }

 private:
  Status parse_header() {
    if (!c_.token().is_word("graph")) return c_.unexpected("'graph' at the start");
    c_.advance();
    if (c_.token().kind == Token::Kind::kWord) {
      graph_.name = c_.take().text;
    } else if (c_.token().kind == Token::Kind::kString) {
      graph_.name = unquote(c_.take().text);
    }
    PAW_RETURN_IF_ERROR(c_.expect("("));
    for (bool first = true; !c_.accept(")"); first = false) {
      if (!first) PAW_RETURN_IF_ERROR(c_.expect(","));
      PAW_ASSIGN_OR_RETURN(const Token name, c_.expect(Token::Kind::kValue, "an input such as %x"));
      PAW_RETURN_IF_ERROR(c_.expect(":"));
      PAW_ASSIGN_OR_RETURN(TensorType type, parse_type(c_));
      PAW_ASSIGN_OR_RETURN(const ValueId id, define(name, std::move(type)));
      graph_.inputs.push_back(id);
    }
    PAW_RETURN_IF_ERROR(c_.expect("->"));
    PAW_RETURN_IF_ERROR(c_.expect("("));
    PAW_ASSIGN_OR_RETURN(outputs_, parse_values(")"));
    return c_.expect("{");
  }

  // %a, %b up to and including `close`; nothing before it is an empty list.
  Result<std::vector<Token>> parse_values(std::string_view close) {
    std::vector<Token> values;
    while (!c_.accept(close)) {
      if (!values.empty()) PAW_RETURN_IF_ERROR(c_.expect(","));
      PAW_ASSIGN_OR_RETURN(const Token value, c_.expect(Token::Kind::kValue, "a value such as %x"));
      values.push_back(value);
      if (values.size() > kMaxValues) return too_many(value.offset);
    }
    return values;
  }

  Status parse_statement() {
    std::vector<Token> names;
    const std::size_t at = c_.token().offset;
    if (c_.token().kind == Token::Kind::kValue) {
      PAW_ASSIGN_OR_RETURN(names, parse_values("="));
    } else if (c_.token().kind != Token::Kind::kWord) {
      return c_.unexpected("a statement such as %y = relu(%x) : f32[1,8], or '}'");
    }
    if (!c_.token().is_word("const")) return parse_node(names, at);
    if (names.size() != 1) return c_.error(at, "a constant defines exactly one value");
    return parse_constant(names[0]);
  }

  // --- constants ---

  Status parse_constant(const Token& name) {
    c_.advance();
    PAW_ASSIGN_OR_RETURN(const Token form, c_.expect(Token::Kind::kWord, "fill, dense or ref"));
    const Token payload = c_.token();
    std::size_t count = 1;
    if (form.text == "dense") {
      PAW_ASSIGN_OR_RETURN(count, skip_elements());
    } else if (form.text == "fill" || form.text == "ref") {
      if (!starts_number(payload)) return c_.unexpected("a number");
      c_.advance();
    } else if (form.text == "elided") {
      return c_.error(form.offset, "the elements of this constant were left out when the graph was printed",
                      "print it with all weights (paw dump --weights)");
    } else {
      return c_.error(form.offset, "unknown form of constant " + shown(form.text), "use fill, dense or ref");
    }
    PAW_RETURN_IF_ERROR(c_.expect(":"));
    PAW_ASSIGN_OR_RETURN(TensorType type, parse_type(c_));
    PAW_ASSIGN_OR_RETURN(std::optional<Encoding> encoding, parse_encoding(c_));
    PAW_ASSIGN_OR_RETURN(Bytes data, form.text == "ref"    ? referenced(payload, type)
                                     : form.text == "fill" ? filled(payload, type)
                                                           : dense(payload, type, count));
    PAW_ASSIGN_OR_RETURN(const ValueId id, define(name, std::move(type)));
    graph_[id].constant = std::move(data);
    graph_[id].encoding = encoding;
    return {};
  }

  static bool starts_number(const Token& token) {
    return token.kind == Token::Kind::kNumber || token.kind == Token::Kind::kWord;  // a word: inf, nan
  }

  // Steps over [1,2,3], counting. The elements are read once their type is known.
  Result<std::size_t> skip_elements() {
    std::size_t count = 0;
    PAW_RETURN_IF_ERROR(c_.expect("["));
    while (!c_.accept("]")) {
      if (count > 0) PAW_RETURN_IF_ERROR(c_.expect(","));
      if (!starts_number(c_.token())) return c_.unexpected("a number");
      c_.advance();
      ++count;
    }
    return count;
  }

  Result<AlignedBuffer> allocate(const Token& payload, const TensorType& type) {
    const std::size_t bytes = type.bytes();
    if (bytes > budget_) {
      return c_.error(
          payload.offset,
          "the constants of this graph need more than " + std::to_string(options_.max_constant_bytes) + " bytes",
          "weights of that size belong into a .paw file");
    }
    budget_ -= bytes;
    return AlignedBuffer(bytes);
  }

  Status element(const Token& token, const TensorType& type, AlignedBuffer& buffer, std::int64_t i) const {
    const std::string problem = read_element(token.text, type.dtype, buffer.data(), i);
    if (problem.empty()) return {};
    return c_.error(token.offset, "element " + shown(token.text) + " of a constant of type " +
                                      std::string(paw::name(type.dtype)) + " " + problem);
  }

  Result<Bytes> filled(const Token& payload, const TensorType& type) {
    PAW_ASSIGN_OR_RETURN(AlignedBuffer buffer, allocate(payload, type));
    PAW_RETURN_IF_ERROR(element(payload, type, buffer, 0));
    repeat_first_element(type.dtype, buffer.data(), type.shape.elements());
    return Bytes(std::move(buffer));
  }

  Result<Bytes> dense(const Token& payload, const TensorType& type, std::size_t count) {
    if (static_cast<std::int64_t>(count) != type.shape.elements()) {
      return c_.error(payload.offset, "the list has " + std::to_string(count) + " elements, " +
                                          std::string(paw::name(type.dtype)) + type.shape.text() + " needs " +
                                          std::to_string(type.shape.elements()));
    }
    PAW_ASSIGN_OR_RETURN(AlignedBuffer buffer, allocate(payload, type));
    Cursor list(c_.text(), payload.offset);
    for (std::size_t i = 0; i < count; ++i) {
      list.advance();  // over [ or ,
      PAW_RETURN_IF_ERROR(element(list.take(), type, buffer, static_cast<std::int64_t>(i)));
    }
    return Bytes(std::move(buffer));
  }

  Result<Bytes> referenced(const Token& payload, const TensorType& type) {
    std::uint64_t offset = 0;
    if (const std::string problem = read_number(payload.text, offset); !problem.empty()) {
      return c_.error(payload.offset, "ref: " + shown(payload.text) + " " + problem);
    }
    if (!options_.resolve) {
      return c_.error(payload.offset, "'const ref' has a meaning inside a .paw file only", "use fill or dense");
    }
    Result<Bytes> data = options_.resolve(offset, type.bytes());
    if (!data) return c_.error(payload.offset, data.error().message, data.error().hint);
    if (data->size() != type.bytes()) {
      return c_.error(payload.offset, "the referenced data has another length than the type " + type.shape.text());
    }
    return data;
  }

  // --- nodes ---

  Status parse_node(const std::vector<Token>& names, std::size_t at) {
    PAW_ASSIGN_OR_RETURN(const OpDef* const op, parse_op());
    if (names.size() != op->outputs.size()) {
      return c_.error(at, std::string(op->name) + " has " + std::to_string(op->outputs.size()) + " outputs, " +
                              std::to_string(names.size()) + " are named");
    }
    Node node{.op = op, .attrs = op->default_attrs != nullptr ? op->default_attrs() : Attrs{}};
    PAW_RETURN_IF_ERROR(parse_arguments(node));
    PAW_RETURN_IF_ERROR(parse_attributes(c_, *op, node.attrs));
    for (std::size_t i = 0; i < names.size(); ++i) {
      PAW_RETURN_IF_ERROR(c_.expect(i == 0 ? ":" : ","));
      PAW_ASSIGN_OR_RETURN(TensorType type, parse_type(c_));
      PAW_ASSIGN_OR_RETURN(const ValueId id, define(names[i], std::move(type)));
      node.outputs.push_back(id);
    }
    if (c_.accept("@")) {
      PAW_ASSIGN_OR_RETURN(const Token source, c_.expect(Token::Kind::kString, "the source note in quotes"));
      node.source = unquote(source.text);
    }
    node_at_.push_back(at);
    graph_.nodes.push_back(std::move(node));
    return {};
  }

  Result<const OpDef*> parse_op() {
    PAW_ASSIGN_OR_RETURN(const Token word, c_.expect(Token::Kind::kWord, "an op's name or const"));
    if (const OpDef* op = find_op(options_.ops, word.text); op != nullptr) return op;
    return c_.error(word.offset, "unknown op " + shown(word.text), known_ops_hint(options_.ops, word.text));
  }

  Status parse_arguments(Node& node) {
    PAW_RETURN_IF_ERROR(c_.expect("("));
    while (!c_.accept(")")) {
      if (!node.inputs.empty()) PAW_RETURN_IF_ERROR(c_.expect(","));
      if (c_.token().is_word("_")) {
        c_.advance();
        node.inputs.emplace_back();
        continue;
      }
      PAW_ASSIGN_OR_RETURN(const Token value, c_.expect(Token::Kind::kValue, "an input such as %x, or _"));
      const ValueId id = find(value);
      if (!id.valid()) {
        return c_.error(value.offset,
                        std::string(node.op->name) + " reads " + shown(value.text) + ", which is not defined above");
      }
      node.inputs.push_back(id);
    }
    return {};
  }

  // --- names ---

  // What a kValue token calls the value: its name, or its digits when it has none.
  static std::string key_of(const Token& value) {
    const std::string_view written = value.text.substr(1);
    return written.starts_with('"') ? unquote(written) : std::string(written);
  }

  Result<ValueId> define(const Token& value, TensorType type) {
    std::string key = key_of(value);
    const bool quoted = value.text[1] == '"';
    const bool digits = is_reserved_name(key);
    if (quoted && digits) return c_.error(value.offset, "a name of digits only is kept for unnamed values");
    if (key.size() > kMaxNameLength) return c_.error(value.offset, "this name is too long");
    if (graph_.values.size() >= kMaxValues) return too_many(value.offset);
    const ValueId id(graph_.values.size());
    const auto [at, fresh] = by_name_.emplace(std::move(key), id);
    if (!fresh) {
      return c_.error(value.offset, shown(value.text) + " is defined twice",
                      "first at " + place(c_.text(), value_at_[at->second.index]));
    }
    graph_.values.push_back(
        {.name = digits ? std::string() : at->first, .type = std::move(type), .constant = {}, .encoding = {}});
    value_at_.push_back(value.offset);
    return id;
  }

  ValueId find(const Token& value) const {
    const auto found = by_name_.find(key_of(value));
    return found == by_name_.end() ? ValueId{} : found->second;
  }

  std::unexpected<Error> too_many(std::size_t offset) const {
    return c_.error(offset, "the graph has more than " + std::to_string(kMaxValues) + " values");
  }

  // An error of the verifier, at the place of the value or node that it is about.
  std::unexpected<Error> located(Error error) const {
    if (error.message.size() > kMaxMessage) error.message = error.message.substr(0, kMaxMessage) + "...";
    for (std::size_t i = 0; i < graph_.values.size(); ++i) {
      if (graph_.label(ValueId(i)) == error.where) return c_.error(value_at_[i], error.message, error.hint);
    }
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const Node& node = graph_.nodes[i];
      Status ok = check_node(graph_, node);
      if (ok) continue;
      std::string message(node.op->name);
      if (!node.source.empty()) message += " " + shown(node.source);
      message += ": " + ok.error().message.substr(0, kMaxMessage);
      return c_.error(node_at_[i], message, ok.error().hint);
    }
    return c_.error(0, error.text());
  }

  Cursor c_;
  const ParseOptions& options_;
  Graph graph_;
  std::size_t budget_;  // bytes that constants may still take
  std::vector<Token> outputs_;
  std::map<std::string, ValueId> by_name_;       // ordered: no input can make lookups slow
  std::vector<std::size_t> value_at_, node_at_;  // where each is defined, for errors
};

}  // namespace

Result<Graph> parse_graph(std::string_view text, const ParseOptions& options) {
  return GraphParser(text, options).run();
}

}  // namespace paw
