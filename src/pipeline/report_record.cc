#include "pipeline/report_record.h"

#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"

namespace paw {

namespace fs = std::filesystem;

const Json& json_at(const Json& json, std::initializer_list<const char*> path) {
  static const Json kNothing;
  const Json* at = &json;
  for (const char* key : path) {
    if (!at->is_object()) return kNothing;
    const auto found = at->find(key);
    if (found == at->end()) return kNothing;
    at = &*found;
  }
  return *at;
}

std::optional<double> json_number(const Json& json) {
  return json.is_number() ? std::optional(json.get<double>()) : std::nullopt;
}

std::int64_t json_integer(const Json& json) { return json.is_number_integer() ? json.get<std::int64_t>() : 0; }

std::string json_text(const Json& json) {
  if (json.is_string()) return json.get<std::string>();
  return json.is_number() || json.is_boolean() ? to_text(json) : "";
}

std::vector<std::string> json_texts(const Json& json) {
  std::vector<std::string> out;
  for (const Json& entry : json_rows(json)) out.push_back(json_text(entry));
  return out;
}

const Json& json_rows(const Json& json) {
  static const Json kNone = Json::array();
  return json.is_array() ? json : kNone;
}

Result<RunRecord> RunRecord::read(const fs::path& folder) {
  const fs::path path = folder / "run.json";
  const auto file = map_file(path);
  if (!file) {
    return fail(ErrorCode::kIo, printable(path.string()), file.error().message,
                "name the folder that paw train or paw run wrote");
  }
  RunRecord run{.folder = folder, .json = {}, .manifest = {}};
  PAW_ASSIGN_OR_RETURN(Json json, parse_json({reinterpret_cast<const char*>(file->data()), file->size()},
                                             printable(path.string()), {}, ErrorCode::kBadData));
  run.json = std::make_shared<const Json>(std::move(json));
  if (!json_at(*run.json, {"stages"}).is_object()) {
    return fail(ErrorCode::kBadData, printable(path.string()), "is not the record of a run",
                "name the folder that paw train or paw run wrote");
  }
  run.reproducible = json_at(*run.json, {"settings", "reproducible"}) == Json(true);
  const fs::path manifest = folder / "manifest.csv";
  std::error_code error;
  if (fs::exists(manifest, error)) {
    PAW_ASSIGN_OR_RETURN(run.manifest, read_manifest(manifest));
  }
  return run;
}

std::optional<double> RunRecord::seconds(const char* name) const {
  if (reproducible) return {};
  return json_number(json_at(stage(name), {"seconds"}));
}

fs::path RunRecord::photo_folder() const {
  std::error_code error;
  for (const fs::path& known : {folder / "drawn", fs::path(json_text(json_at(*json, {"host", "photos"})))}) {
    if (fs::is_directory(known, error)) return known;
  }
  return {};
}

}  // namespace paw
