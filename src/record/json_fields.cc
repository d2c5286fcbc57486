#include "record/json_fields.h"

#include <nlohmann/json.hpp>

#include "host/text.h"

namespace paw {

namespace {

constexpr JsonLimits kLimits{.max_bytes = std::size_t{64} << 10, .max_depth = 4};

}  // namespace

Result<JsonFields> JsonFields::parse(std::string_view text, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(Json json, parse_json(text, where, kLimits));
  return JsonFields(std::move(json));
}

JsonFields::JsonFields(Json object) : object_(std::make_unique<Json>(std::move(object))) {
  if (!object_->is_object()) problem_ = "is not a JSON object";
}

JsonFields::JsonFields(JsonFields&&) noexcept = default;
JsonFields& JsonFields::operator=(JsonFields&&) noexcept = default;
JsonFields::~JsonFields() = default;

void JsonFields::real(std::string_view name, double& value) {
  if (const auto field = take(name)) value = number(field.get(), name);
}

void JsonFields::integer(std::string_view name, std::int64_t& value) {
  const auto field = take(name);
  if (!field) return;
  // Unsigned is what the library calls every integer without a minus; above 2^63 it would wrap.
  constexpr auto kMost = static_cast<std::uint64_t>(INT64_MAX);
  const bool fits = field->is_number_integer() && !(field->is_number_unsigned() && field->get<std::uint64_t>() > kMost);
  if (!fits) return note(name, "is not an integer");
  value = field->get<std::int64_t>();
}

void JsonFields::reals(std::string_view name, std::span<double> values) {
  const auto field = take(name);
  if (!field) return;
  if (!field->is_array() || field->size() != values.size()) {
    return note(name, "is not " + std::to_string(values.size()) + " numbers");
  }
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = number(&(*field)[i], name);
}

int JsonFields::choice(std::string_view name, std::span<const std::string_view> names) {
  const auto field = take(name);
  if (!field) return -1;
  if (!field->is_string()) return note(name, "is not a text"), -1;
  const auto stated = field->get<std::string>();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == stated) return static_cast<int>(i);
  }
  note(name, "\"" + printable(stated) + "\" is not a known choice");
  return -1;
}

JsonFields JsonFields::object(std::string_view name) {
  auto field = take(name);
  return JsonFields(field ? std::move(*field) : Json::object());
}

bool JsonFields::has(std::string_view name) const {
  return object_->is_object() && object_->contains(std::string(name));
}

std::string JsonFields::problem() {
  if (problem_.empty() && !object_->empty()) {
    note(object_->begin().key(), "is not known; the file was written by a newer paw");
  }
  return problem_;
}

std::unique_ptr<Json> JsonFields::take(std::string_view name) {
  if (!problem_.empty()) return nullptr;
  const auto found = object_->find(std::string(name));
  if (found == object_->end()) return note(name, "is missing"), nullptr;
  auto field = std::make_unique<Json>(std::move(*found));
  object_->erase(found);
  return field;
}

double JsonFields::number(const Json* field, std::string_view name) {
  if (!field->is_number()) note(name, "is not a number");
  return field->is_number() ? field->get<double>() : 0;
}

void JsonFields::note(std::string_view name, std::string_view what) {
  if (problem_.empty()) problem_ = "field \"" + printable(name) + "\" " + std::string(what);
}

}  // namespace paw
