#include "record/model_record.h"

#include <nlohmann/json.hpp>

#include "record/json_fields.h"

namespace paw {

namespace {

Json to_json(const Preprocess& p) {
  Json json;
  json["width"] = p.width;
  json["height"] = p.height;
  json["geometry"] = enum_name(p.geometry);
  json["resize_short"] = p.resize_short;
  json["filter"] = enum_name(p.filter);
  json["color"] = enum_name(p.color);
  json["scale"] = p.scale;
  json["bias"] = p.bias;
  json["pad_value"] = p.pad_value;
  return json;
}

Result<Preprocess> from_fields(JsonFields fields, std::string_view where) {
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
  if (std::string problem = fields.problem(); !problem.empty()) {
    return fail(ErrorCode::kUnsupported, where, problem);
  }
  return p;
}

}  // namespace

std::string preprocess_to_json(const Preprocess& preprocess) { return to_text(to_json(preprocess)); }

Result<Preprocess> preprocess_from_json(std::string_view json, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(JsonFields fields, JsonFields::parse(json, where));
  return from_fields(std::move(fields), where);
}

std::string record_to_json(const Model& model) {
  Json json = Json::object();
  if (model.preprocess) json["preprocess"] = to_json(*model.preprocess);
  json["threshold"] = model.threshold;
  return to_text(json);
}

Status record_from_json(std::string_view json, std::string_view where, Model& model) {
  PAW_ASSIGN_OR_RETURN(JsonFields fields, JsonFields::parse(json, where));
  std::optional<Preprocess> preprocess;
  if (fields.has("preprocess")) {
    PAW_ASSIGN_OR_RETURN(preprocess, from_fields(fields.object("preprocess"), where));
  }
  double threshold = 0;
  fields.real("threshold", threshold);
  std::string problem = fields.problem();
  if (problem.empty() && !(threshold >= 0 && threshold <= 1)) problem = "threshold must be between 0 and 1";
  if (!problem.empty()) return fail(ErrorCode::kUnsupported, where, problem);
  model.preprocess = preprocess;
  model.threshold = threshold;
  return {};
}

}  // namespace paw
