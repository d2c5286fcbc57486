// PREP and META: records of a few named fields, as JSON. Every field is required and no other is allowed: one that
// this version does not know could change what the model answers.
#include <nlohmann/json.hpp>
#include <optional>

#include "formats/paw/container.h"
#include "formats/paw/records.h"
#include "host/json.h"
#include "host/text.h"

namespace paw::paw_file {

namespace {

constexpr JsonLimits kLimits{.max_bytes = std::size_t{64} << 10, .max_depth = 4};

Bytes encode(const Json& json) {
  const std::string text = to_text(json);
  return Bytes::copy_of(std::as_bytes(std::span(text)));
}

// Takes the fields of one JSON object and remembers the first that is missing or wrong.
class Fields {
 public:
  explicit Fields(Json object) : object_(std::move(object)) {
    if (!object_.is_object()) problem_ = "is not a JSON object";
  }

  void real(std::string_view name, double& value) { value = number(take(name), name); }

  void integer(std::string_view name, std::int64_t& value) {
    const std::optional<Json> field = take(name);
    if (!field) return;
    // Unsigned is what the library calls every integer without a minus; above 2^63 it would wrap.
    constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);
    const bool fits =
        field->is_number_integer() && !(field->is_number_unsigned() && field->get<std::uint64_t>() > kMost);
    if (!fits) return note(name, "is not an integer");
    value = field->get<std::int64_t>();
  }

  template <class E>
  void choice(std::string_view name, E& value) {
    const std::optional<Json> field = take(name);
    if (!field) return;
    if (!field->is_string()) return note(name, "is not a text");
    const auto names = enum_names(value);
    const auto stated = field->get<std::string>();
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] == stated) {
        value = static_cast<E>(i);
        return;
      }
    }
    note(name, "\"" + printable(stated) + "\" is not a known choice");
  }

  template <std::size_t N>
  void reals(std::string_view name, std::array<double, N>& values) {
    const std::optional<Json> field = take(name);
    if (!field) return;
    if (!field->is_array() || field->size() != N) return note(name, "is not " + std::to_string(N) + " numbers");
    for (std::size_t i = 0; i < N; ++i) values[i] = number((*field)[i], name);
  }

  // What is wrong; empty when every field was there and no other.
  std::string problem() {
    if (problem_.empty() && !object_.empty()) {
      note(object_.begin().key(), "is not known; the file was written by a newer paw");
    }
    return problem_;
  }

 private:
  std::optional<Json> take(std::string_view name) {
    if (!problem_.empty()) return std::nullopt;
    const auto found = object_.find(std::string(name));
    if (found == object_.end()) {
      note(name, "is missing");
      return std::nullopt;
    }
    Json field = std::move(*found);
    object_.erase(found);
    return field;
  }

  double number(const std::optional<Json>& field, std::string_view name) {
    if (!field) return 0;
    if (!field->is_number()) note(name, "is not a number");
    return field->is_number() ? field->get<double>() : 0;
  }

  void note(std::string_view name, std::string_view what) {
    if (problem_.empty()) problem_ = "field \"" + printable(name) + "\" " + std::string(what);
  }

  Json object_;
  std::string problem_;
};

template <class E>
std::string choice_name(E value) {
  return std::string(enum_names(value)[static_cast<std::size_t>(value)]);
}

Result<Fields> open(const Bytes& section, std::string_view file, std::string_view tag) {
  const std::string_view text(reinterpret_cast<const char*>(section.data()), section.size());
  PAW_ASSIGN_OR_RETURN(Json json, parse_json(text, std::string(file) + ": " + std::string(tag), kLimits));
  return Fields(std::move(json));
}

}  // namespace

Bytes encode_preprocess(const Preprocess& p) {
  Json json;
  json["width"] = p.width;
  json["height"] = p.height;
  json["geometry"] = choice_name(p.geometry);
  json["resize_short"] = p.resize_short;
  json["filter"] = choice_name(p.filter);
  json["color"] = choice_name(p.color);
  json["scale"] = p.scale;
  json["bias"] = p.bias;
  json["pad_value"] = p.pad_value;
  return encode(json);
}

Result<Preprocess> decode_preprocess(const Bytes& section, std::string_view file) {
  PAW_ASSIGN_OR_RETURN(Fields fields, open(section, file, "PREP"));
  Preprocess p;
  fields.integer("width", p.width);
  fields.integer("height", p.height);
  fields.choice("geometry", p.geometry);
  fields.integer("resize_short", p.resize_short);
  fields.choice("filter", p.filter);
  fields.choice("color", p.color);
  fields.reals("scale", p.scale);
  fields.reals("bias", p.bias);
  fields.integer("pad_value", p.pad_value);
  if (std::string problem = fields.problem(); !problem.empty()) return section_error(file, "PREP", problem);
  return p;
}

Bytes encode_decision(const Decision& decision) {
  Json json;
  json["temperature"] = decision.temperature;
  json["threshold"] = decision.threshold;
  return encode(json);
}

Result<Decision> decode_decision(const Bytes& section, std::string_view file) {
  PAW_ASSIGN_OR_RETURN(Fields fields, open(section, file, "META"));
  Decision decision;
  fields.real("temperature", decision.temperature);
  fields.real("threshold", decision.threshold);
  if (std::string problem = fields.problem(); !problem.empty()) return section_error(file, "META", problem);
  return decision;
}

}  // namespace paw::paw_file
