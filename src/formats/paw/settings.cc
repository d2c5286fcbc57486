// PREP and META: records of a few named fields, as JSON. Every field is required and no other is allowed.
#include <nlohmann/json.hpp>

#include "formats/paw/container.h"
#include "formats/paw/records.h"
#include "record/json_fields.h"
#include "record/model_record.h"

namespace paw::paw_file {

namespace {

Bytes bytes_of(const std::string& text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }

std::string_view text_of(const Bytes& section) {
  return {reinterpret_cast<const char*>(section.data()), section.size()};
}

std::string place(std::string_view file, std::string_view tag) { return std::string(file) + ": " + std::string(tag); }

}  // namespace

Bytes encode_preprocess(const Preprocess& preprocess) { return bytes_of(preprocess_to_json(preprocess)); }

Result<Preprocess> decode_preprocess(const Bytes& section, std::string_view file) {
  return preprocess_from_json(text_of(section), place(file, "PREP"));
}

Bytes encode_decision(const Decision& decision) {
  Json json;
  json["temperature"] = decision.temperature;
  json["threshold"] = decision.threshold;
  return bytes_of(to_text(json));
}

Result<Decision> decode_decision(const Bytes& section, std::string_view file) {
  PAW_ASSIGN_OR_RETURN(JsonFields fields, JsonFields::parse(text_of(section), place(file, "META")));
  Decision decision;
  fields.real("temperature", decision.temperature);
  fields.real("threshold", decision.threshold);
  if (std::string problem = fields.problem(); !problem.empty()) return section_error(file, "META", problem);
  return decision;
}

}  // namespace paw::paw_file
