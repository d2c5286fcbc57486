#include "pipeline/run_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"
#include "pipeline/epochs.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr int kSchema = 1;  // of run.json
constexpr const char* kRecord = "run.json";
// What a run writes, in the order in which it is removed: the record last, so that what is left is known as a run's.
constexpr const char* kFiles[] = {"report.html", "apps",        "exports",      "transfer",   "model.paw",
                                  "curves.svg",  "metrics.csv", "manifest.csv", "checkpoint", kRecord};

// Keys of run.json; the stages in the order in which they began.
constexpr const char* kOrder[] = {"settings", "stages", "versions", "host"};
// Whose values are measured times, or depend on them.
constexpr const char* kTimes[] = {"seconds", "write_seconds", "make_seconds", "images_per_s", "ms", "latency_ms"};

bool is_reproducible(const Json& record) {
  return record.contains("settings") && record["settings"].value("reproducible", false);
}

void remove_leftovers(const fs::path& folder) {
  std::error_code error;
  for (const fs::directory_entry& file : fs::directory_iterator(folder, error)) {
    if (is_leftover(file.path())) fs::remove(file.path(), error);
  }
}

}  // namespace

Result<RunFolder> RunFolder::open(const std::string& path, RunMode mode) {
  PAW_RETURN_IF_ERROR(check_output(path, mode != RunMode::kNew));
  std::error_code error;
  const bool made = fs::create_directories(path, error);
  if (error) return fail(ErrorCode::kIo, printable(path), "cannot create the folder: " + error.message());
  PAW_ASSIGN_OR_RETURN(FolderLock lock, FolderLock::take(path));
  RunFolder folder(path, std::move(lock));
  for (const fs::path& place : {fs::path(path), fs::path(path) / "checkpoint"}) remove_leftovers(place);
  folder.made_ = made;
  folder.resumed_ = mode == RunMode::kResume && fs::exists(folder.path(kRecord), error);
  return folder;
}

RunFolder::~RunFolder() {
  std::error_code ignored;
  if (made_ && !path_.empty()) fs::remove(path_, ignored);  // only when it is empty
}

Status RunFolder::clear() const {
  for (const char* name : kFiles) {
    std::error_code error;
    fs::remove_all(path(name), error);
    if (error) return fail(ErrorCode::kIo, path(name), "cannot be removed: " + error.message());
  }
  return {};
}

std::string RunFolder::path(const char* name) const { return (fs::path(path_) / name).string(); }

Result<Json> RunFolder::read_record() const {
  const std::string name = path(kRecord);
  std::error_code error;
  if (!fs::exists(name, error)) return Json::object();
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(name));
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  PAW_ASSIGN_OR_RETURN(Json record, parse_json(text, name, {}, ErrorCode::kResumeRefused));
  if (!record.is_object() || record.value("schema", Json()) != kSchema || !record["stages"].is_object()) {
    return fail(ErrorCode::kResumeRefused, name, fmt::format("is not the record of a run with schema {}", kSchema),
                "it was written by another version: start again with --force");
  }
  return record;
}

Status RunFolder::write_record(const Json& record) const {
  return write_file(path(kRecord), to_text(whole_record(record), 2) + "\n");
}

Json whole_record(const Json& record) {
  Json whole = {{"schema", kSchema}};
  for (const char* key : kOrder) {
    if (record.contains(key)) whole[key] = record[key];
  }
  if (is_reproducible(record)) leave_out_times(whole);
  return whole;
}

void leave_out_times(Json& json) {
  if (!json.is_structured()) return;
  for (const auto& [key, value] : json.items()) {
    const bool time = json.is_object() && std::ranges::find(kTimes, key) != std::end(kTimes);
    if (time) {
      value = nullptr;
    } else {
      leave_out_times(value);
    }
  }
}

std::string metrics_text(std::span<const EpochRow> rows) {
  std::string text = "epoch,step,loss,accuracy,val_loss,val_accuracy,lr,images_per_s\n";
  for (const EpochRow& row : rows) {
    text += fmt::format("{},{},{:.6g},{:.6g},{:.6g},{:.6g},{:.6g},", row.epoch, row.step, row.loss, row.accuracy,
                        row.val_loss, row.val_accuracy, row.learning_rate);
    text += row.images_per_s > 0 ? fmt::format("{:.1f}\n", row.images_per_s) : "\n";
  }
  return text;
}

}  // namespace paw
