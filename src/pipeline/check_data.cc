#include "pipeline/check_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"
#include "nets/nets.h"
#include "pipeline/photo_store.h"
#include "vision/manifest.h"

namespace paw {

namespace {

constexpr std::size_t kShown = 8;  // files of each verdict, in text

Result<std::vector<LikelyMislabel>> mislabels_of(const std::string& run) {
  const std::string path = (std::filesystem::path(run) / "run.json").string();
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  PAW_ASSIGN_OR_RETURN(const Json record, parse_json(text, path, {}, ErrorCode::kBadData));
  const Json::json_pointer place("/stages/train/result/likely_mislabels");
  if (!record.contains(place) || !record[place].is_array()) {
    return fail(ErrorCode::kBadData, path, "holds no finished training", "finish it with `paw train ... --resume`");
  }
  std::vector<LikelyMislabel> found;
  for (const Json& m : record[place]) {
    const bool whole = m.is_object() && m.contains("score") && m["score"].is_number() &&
                       std::ranges::all_of(std::array{"path", "label", "suggested"},
                                           [&](const char* key) { return m.contains(key) && m[key].is_string(); });
    if (!whole) return fail(ErrorCode::kBadData, path, "lists likely mislabels in another form");
    found.push_back({m["path"], m["label"], m["suggested"], m["score"]});
  }
  return found;
}

Status write_fix_list(const CheckSettings& settings, const Dataset& dataset) {
  std::vector<ManifestRow> rows;
  for (const DatasetEntry& entry : dataset.entries) {
    if (entry.verdict == Verdict::kOk || entry.verdict == Verdict::kSystemFile) continue;
    rows.push_back({.path = entry.path,
                    .sha256 = entry.sha256,
                    .label = entry.label,
                    .split = entry.split,
                    .verdict = std::string(name(entry.verdict)),
                    .reason = entry.reason});
  }
  return write_file(settings.fix_list, manifest_text(rows));
}

void count(CheckResult& result) {
  for (const std::string& label : result.data.labels) result.classes[label];
  for (const DatasetEntry& entry : result.data.dataset.entries) {
    if (of_class(entry.verdict)) continue;
    ++result.files;
    result.ok += entry.verdict == Verdict::kOk ? 1 : 0;
    result.used += entry.usable() ? 1 : 0;
    const auto found = result.classes.find(entry.label);
    if (found == result.classes.end()) continue;
    ++found->second.files;
    found->second.used += entry.usable() ? 1 : 0;
  }
}

void list_verdict(const CheckResult& result, Verdict verdict, std::string& text) {
  std::vector<const DatasetEntry*> of;
  for (const DatasetEntry& entry : result.data.dataset.entries) {
    if (entry.verdict == verdict) of.push_back(&entry);
  }
  if (of.empty()) return;
  text += fmt::format("\n{} ({}): {}\n", name(verdict), usable(verdict) ? "used" : "left out", of.size());
  for (std::size_t i = 0; i < std::min(kShown, of.size()); ++i) {
    text += fmt::format("  {}: {}\n", printable(of[i]->path), of[i]->reason);
  }
  if (of.size() > kShown) text += fmt::format("  ... and {} more (--json or --fix-list has all)\n", of.size() - kShown);
}

}  // namespace

Result<CheckResult> check_data(const CheckSettings& settings, Progress& progress) {
  CheckResult result;
  if (settings.threads < 0 || settings.threads > 256) {
    return fail(ErrorCode::kUsage, "paw data check", "--threads must be 0 to 256");
  }
  if (!settings.fix_list.empty()) PAW_RETURN_IF_ERROR(check_output(settings.fix_list, settings.force));
  if (!settings.run.empty()) {
    PAW_ASSIGN_OR_RETURN(result.likely_mislabels, mislabels_of(settings.run));
  }
  // As the usual backbone takes them, so that a training finds the photos decoded.
  PAW_ASSIGN_OR_RETURN(const Model usual, build_net("efficientnet_lite0", {.weights = NetOptions::Weights::kZero}));
  PhotoStore store(*usual.preprocess);
  PAW_ASSIGN_OR_RETURN(result.data,
                       check_photo_data(settings.photos, store.photos(), thread_count(settings.threads), progress));
  count(result);
  if (!settings.fix_list.empty()) PAW_RETURN_IF_ERROR(write_fix_list(settings, result.data.dataset));
  return result;
}

CheckResult checked(PhotoData data) {
  CheckResult result;
  result.data = std::move(data);
  count(result);
  return result;
}

Json to_json(const CheckResult& result) {
  Json verdicts = Json::array(), classes = Json::object(), mislabels = Json::array();
  for (const DatasetEntry& entry : result.data.dataset.entries) {
    verdicts.push_back({{"path", printable(entry.path)}, {"verdict", name(entry.verdict)}, {"reason", entry.reason}});
  }
  for (const auto& [label, c] : result.classes) classes[label] = {{"files", c.files}, {"used", c.used}};
  for (const LikelyMislabel& m : result.likely_mislabels) mislabels.push_back(to_json(m));
  return {{"files", result.files},
          {"ok", result.ok},
          {"used", result.used},
          {"left_out", result.data.left_out},
          {"verdicts", std::move(verdicts)},
          {"classes", std::move(classes)},
          {"near_duplicates", result.data.findings.near_duplicates},
          {"warnings", result.data.findings.warnings},
          {"likely_mislabels", std::move(mislabels)}};
}

std::string to_text(const CheckResult& result) {
  std::string text = fmt::format("{} files: {} used, {} of them with a remark; {} left out\n", result.files,
                                 result.used, result.used - result.ok, result.files - result.used);
  for (const auto& [label, c] : result.classes) {
    text += fmt::format("  class {}: {} of {} used\n", printable(label), c.used, c.files);
  }
  for (const Verdict verdict : all_verdicts()) {
    if (verdict != Verdict::kOk) list_verdict(result, verdict, text);
  }
  if (!result.data.findings.warnings.empty()) text += "\n";
  for (const std::string& warning : result.data.findings.warnings) text += fmt::format("warning: {}\n", warning);
  if (!result.likely_mislabels.empty()) text += "\nphotos that may have the wrong label, the most suspicious first\n";
  for (const LikelyMislabel& m : result.likely_mislabels) text += "  " + to_text(m) + "\n";
  return text;
}

}  // namespace paw
