#include "pipeline/trial_log.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "formats/paw/paw_file.h"
#include "host/file.h"
#include "host/sha256.h"
#include "host/text.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr const char* kAgain = "leave --resume out to start anew";

TriedRecipe row_of(const Json& json) {
  return {.recipe = json.at("recipe"),
          .bytes = json.value("bytes", std::uint64_t{0}),
          .macs = json.value("macs", std::int64_t{0}),
          .drop = json.value("drop", 0.0),
          .agreement = json.value("agreement", 0.0),
          .refused = json.value("refused", std::string{})};
}

// Keys whose values differ.
std::vector<std::string> differences(const Json& a, const Json& b) {
  std::vector<std::string> out;
  for (const auto& [key, value] : a.items()) {
    if (b.value(key, Json()) != value) out.push_back(key);
  }
  return out;
}

std::unexpected<Error> unreadable(const std::string& path) {
  return fail(ErrorCode::kResumeRefused, printable(path), "is not what a search leaves", kAgain);
}

}  // namespace

Result<TrialLog> TrialLog::open(std::string path, const Json& about, bool resume) {
  TrialLog log;
  log.path_ = std::move(path);
  log.about_ = about.dump();
  if (!resume || !fs::exists(log.path_)) return log;
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(log.path_));
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  PAW_ASSIGN_OR_RETURN(const Json json, parse_json(text, log.path_, {}, ErrorCode::kResumeRefused));
  if (!json.is_object() || !json.contains("about") || !json.contains("tried") || !json["tried"].is_array()) {
    return unreadable(log.path_);
  }
  const auto other = differences(about, json["about"]);
  if (!other.empty()) {
    return fail(ErrorCode::kResumeRefused, printable(log.path_),
                fmt::format("was left by a search with another {}", fmt::join(other, ", another ")), kAgain);
  }
  for (const Json& row : json["tried"]) {
    try {
      log.rows_.push_back(row_of(row));
    } catch (const Json::exception&) {
      return unreadable(log.path_);
    }
  }
  return log;
}

const TriedRecipe* TrialLog::find(std::string_view recipe) const {
  const auto found = std::ranges::find(rows_, recipe, &TriedRecipe::recipe);
  return found == rows_.end() ? nullptr : &*found;
}

Status TrialLog::add(const TriedRecipe& row) {
  rows_.push_back(row);
  if (path_.empty()) return {};
  return write_file(path_, Json{{"about", Json::parse(about_)}, {"tried", to_json(rows_)}}.dump(2));
}

void TrialLog::close() {
  std::error_code error;
  if (!path_.empty()) fs::remove(path_, error);
}

Result<Json> about_search(const Model& model, const Json& settings, const std::vector<std::string>& photos) {
  PAW_ASSIGN_OR_RETURN(const Bytes bytes, write_paw(model));
  std::string list;
  for (const std::string& photo : photos) {
    std::error_code error;
    const auto size = fs::file_size(photo, error);
    const auto time = fs::last_write_time(photo, error).time_since_epoch().count();
    list += fmt::format("{} {} {}\n", photo, size, time);
  }
  return Json{{"model", to_hex(sha256(bytes.span()))},
              {"settings", settings},
              {"photos", to_hex(sha256(std::as_bytes(std::span(list))))}};
}

}  // namespace paw
