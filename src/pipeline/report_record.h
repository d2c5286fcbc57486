// What a run folder tells, for its report: read as far as it is there.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "vision/manifest.h"

namespace paw {

// JSON that may lack anything: null, none or nothing where a key, an element or its kind is not there.
const Json& json_at(const Json& json, std::initializer_list<const char*> path);
std::optional<double> json_number(const Json& json);
std::int64_t json_integer(const Json& json);
std::string json_text(const Json& json);  // of a string; a number or truth as it is printed
std::vector<std::string> json_texts(const Json& json);
// The elements of an array; none of anything else. The array must outlive them.
const Json& json_rows(const Json& json);

struct RunRecord {
  std::filesystem::path folder;
  std::shared_ptr<const Json> json;   // run.json
  std::vector<ManifestRow> manifest;  // empty: there is none
  bool reproducible = false;          // no time was measured

  // kIo: no run.json. kBadData: it or manifest.csv is broken.
  static Result<RunRecord> read(const std::filesystem::path& folder);

  const Json& stage(const char* name) const { return json_at(*json, {"stages", name}); }
  const Json& result(const char* name) const { return json_at(*json, {"stages", name, "result"}); }
  bool done(const char* name) const { return json_text(json_at(stage(name), {"state"})) == "done"; }
  // Of all that the stage did; none: not measured.
  std::optional<double> seconds(const char* name) const;
  // The folder of its photos, by what run.json says; empty: it does not say, or they are not there any more.
  std::filesystem::path photo_folder() const;
};

}  // namespace paw
