#include "ir/text_parts.h"

#include <algorithm>
#include <utility>

#include "ir/verify.h"

namespace paw {

namespace {

std::string joined(std::span<const std::string_view> names) {
  std::string out;
  for (const std::string_view n : names) {
    if (!out.empty()) out += ", ";
    out += n;
  }
  return out;
}

std::string dtype_names() {
  std::vector<std::string_view> names;
  names.reserve(kDTypeCount);
  for (int i = 0; i < kDTypeCount; ++i) names.push_back(name(static_cast<DType>(i)));
  return "known: " + joined(names);
}

Result<DType> parse_dtype_word(Cursor& c, std::string_view wanted) {
  const Token word = c.token();
  const std::optional<DType> dtype = word.kind == Token::Kind::kWord ? parse_dtype(word.text) : std::nullopt;
  if (!dtype) return c.unexpected(wanted, dtype_names());
  c.advance();
  return *dtype;
}

// Runs `field(name)` for each name=value of a list that ends with `close`; names must not repeat.
template <class Field>
Status parse_fields(Cursor& c, std::string_view close, Field field) {
  std::vector<std::string_view> seen;
  while (!c.token().is(close)) {
    if (!seen.empty()) PAW_RETURN_IF_ERROR(c.expect(","));
    PAW_ASSIGN_OR_RETURN(const Token name, c.expect(Token::Kind::kWord, "a field name"));
    if (std::ranges::find(seen, name.text) != seen.end()) {
      return c.error(name.offset, shown(name.text) + " is given twice", "remove one of them");
    }
    seen.push_back(name.text);
    PAW_RETURN_IF_ERROR(c.expect("="));
    PAW_RETURN_IF_ERROR(field(name));
  }
  c.advance();
  return {};
}

// One number or a list of them.
template <class T>
Status parse_one_or_more(Cursor& c, std::string_view what, std::vector<T>& values) {
  if (c.token().is("[")) {
    PAW_ASSIGN_OR_RETURN(values, c.number_list<T>(what, SIZE_MAX));
    return {};
  }
  PAW_ASSIGN_OR_RETURN(const T value, c.number<T>(what));
  values = {value};
  return {};
}

template <class T>
Status parse_into(Cursor& c, std::string_view what, T& value) {
  PAW_ASSIGN_OR_RETURN(value, c.number<T>(what));
  return {};
}

Result<QuantParams> parse_quant(Cursor& c) {
  QuantParams q;
  PAW_RETURN_IF_ERROR(parse_fields(c, "}", [&](const Token& field) -> Status {
    if (field.text == "scale") return parse_one_or_more(c, "scale", q.scale);
    if (field.text == "zero_point") return parse_one_or_more(c, "zero_point", q.zero_point);
    if (field.text == "axis") return parse_into(c, "axis", q.axis);
    if (field.text == "block") return parse_into(c, "block", q.block);
    return c.error(field.offset, "quantisation has no field " + shown(field.text),
                   "it has scale, zero_point, axis, block");
  }));
  return q;
}

// Reads the value of the one field called `wanted` into the struct that is being visited.
class FieldReader final : public FieldVisitor {
 public:
  FieldReader(Cursor& cursor, std::string_view wanted) : c_(cursor), wanted_(wanted) {}

  bool found = false;
  Status status;
  std::vector<std::string_view> known;

  void on_bool(std::string_view name, bool& value) override {
    if (!matches(name)) return;
    const Token word = c_.token();
    if (!word.is_word("true") && !word.is_word("false")) {
      status = c_.unexpected("true or false for " + std::string(name));
      return;
    }
    value = word.text == "true";
    c_.advance();
  }
  void on_int(std::string_view name, std::int64_t& value) override {
    if (matches(name)) status = parse_into(c_, name, value);
  }
  void on_real(std::string_view name, double& value) override {
    if (matches(name)) status = parse_into(c_, name, value);
  }
  void on_dtype(std::string_view name, DType& value) override {
    if (!matches(name)) return;
    if (Result<DType> dtype = parse_dtype_word(c_, "an element type for " + std::string(name))) {
      value = *dtype;
    } else {
      status = std::unexpected(dtype.error());
    }
  }
  void on_enum(std::string_view name, std::span<const std::string_view> names, int& index) override {
    if (!matches(name)) return;
    const Token word = c_.token();
    const auto found_at = std::ranges::find(names, word.text);
    if (word.kind != Token::Kind::kWord || found_at == names.end()) {
      status = c_.unexpected(std::string(name) + " as one of " + joined(names));
      return;
    }
    index = static_cast<int>(found_at - names.begin());
    c_.advance();
  }
  void on_ints(std::string_view name, std::span<std::int64_t> values) override {
    if (!matches(name)) return;
    const std::size_t at = c_.token().offset;
    Result<std::vector<std::int64_t>> list = c_.number_list<std::int64_t>(name, kMaxListLength);
    if (!list) {
      status = std::unexpected(list.error());
    } else if (list->size() != values.size()) {
      status = c_.error(at, std::string(name) + " needs " + std::to_string(values.size()) + " integers, got " +
                                std::to_string(list->size()));
    } else {
      std::ranges::copy(*list, values.begin());
    }
  }
  void on_int_list(std::string_view name, std::vector<std::int64_t>& values) override {
    if (!matches(name)) return;
    if (Result<std::vector<std::int64_t>> list = c_.number_list<std::int64_t>(name, kMaxListLength)) {
      values = std::move(*list);
    } else {
      status = std::unexpected(list.error());
    }
  }

 private:
  bool matches(std::string_view name) {
    known.push_back(name);
    if (name != wanted_) return false;
    found = true;
    return true;
  }

  Cursor& c_;
  std::string_view wanted_;
};

}  // namespace

Result<TensorType> parse_type(Cursor& c) {
  const std::size_t at = c.token().offset;
  TensorType type;
  PAW_ASSIGN_OR_RETURN(type.dtype, parse_dtype_word(c, "a type such as f32[1,8]"));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> extents, c.number_list<std::int64_t>("shape", kMaxRank));
  const std::optional<Shape> shape = Shape::checked(extents);
  if (!shape) {
    return c.error(at, "this shape is not supported",
                   "extents must be between 1 and 2147483647, the tensor at most 2^40 elements");
  }
  type.shape = *shape;
  if (!c.accept("{")) return type;
  PAW_ASSIGN_OR_RETURN(QuantParams quant, parse_quant(c));
  type.quant = std::make_shared<const QuantParams>(std::move(quant));
  if (std::string problem = check_quant(type); !problem.empty()) return c.error(at, std::move(problem));
  return type;
}

Status parse_attributes(Cursor& c, const OpDef& op, Attrs& attrs) {
  if (!c.accept("{")) return {};
  return parse_fields(c, "}", [&](const Token& field) -> Status {
    FieldReader reader(c, field.text);
    attrs.visit(reader);
    if (reader.found) return reader.status;
    if (reader.known.empty()) return c.error(field.offset, std::string(op.name) + " takes no attributes");
    return c.error(field.offset, std::string(op.name) + " has no attribute " + shown(field.text),
                   "it has " + joined(reader.known));
  });
}

Result<std::optional<Encoding>> parse_encoding(Cursor& c) {
  const bool palette = c.token().is_word("palette");
  if (!palette && !c.token().is_word("sparse")) return std::nullopt;
  c.advance();
  Encoding e{.kind = palette ? Encoding::Kind::kPalette : Encoding::Kind::kSparse};
  PAW_RETURN_IF_ERROR(c.expect("("));
  PAW_RETURN_IF_ERROR(parse_fields(c, ")", [&](const Token& field) -> Status {
    if (field.text == "bits") return parse_into(c, "bits", e.bits);
    if (field.text == "axis") return parse_into(c, "axis", e.axis);
    if (field.text == "group") return parse_into(c, "group", e.group);
    return c.error(field.offset, "an encoding has no field " + shown(field.text), "it has bits, axis, group");
  }));
  return e;
}

}  // namespace paw
