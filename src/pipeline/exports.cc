// The files of a trained model for phones, in RUN/exports, each with a NAME.json that says how it answers.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"
#include "pipeline/convert.h"
#include "pipeline/model_files.h"
#include "pipeline/optimize.h"
#include "pipeline/run_folder.h"
#include "pipeline/run_record.h"
#include "pipeline/run_stages.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr const char* kSmall = "exports/model_small.tflite";
constexpr std::size_t kJudges = 200;  // test photos that a file is compared on

// As run.json has it, and as it stands beside the file.
Result<Json> file_record(const StageContext& context, const std::string& file, Json figures) {
  Json record = {{"file", file}};
  for (const auto& [key, value] : figures.items()) record[key] = value;
  leave_out_folders(record, {context.photos.root(), context.run.string()});
  if (context.settings.reproducible) leave_out_times(record);
  PAW_RETURN_IF_ERROR(write_file(context.path(file + ".json"), to_text(record, 2) + "\n"));
  return record;
}

Json verified_json(const Comparison& verified) {
  Json out = to_json(verified);
  out["drop"] = drop_of(verified);
  return out;
}

Result<Json> converted(StageContext& context, const std::string& file) {
  const ConvertSettings settings{.source = {.path = context.path("model.paw"), .net = {}},
                                 .output = context.path(file),
                                 .verify = {},
                                 .judges = context.photos.test(kJudges),
                                 .measure = true,
                                 .target = {},
                                 .preprocess = {},
                                 .text = {},
                                 .force = true,
                                 .threads = context.threads()};
  PAW_ASSIGN_OR_RETURN(const ConvertResult r, convert(settings, context.progress));
  return file_record(context, file,
                     {{"format", r.format},
                      {"recipe", "none"},
                      {"target", r.target},
                      {"bytes", r.bytes},
                      {"zipped_bytes", r.zipped_bytes},
                      {"verified", verified_json(*r.verified)},
                      {"ms", r.latency->after_ms},
                      {"notes", r.notes}});
}

Result<Json> converted_files(StageContext& context, std::initializer_list<const char*> files) {
  Json records = Json::array();
  for (const char* file : files) {
    context.progress.note(fmt::format("writing {}", file));
    PAW_ASSIGN_OR_RETURN(Json record, converted(context, file));
    records.push_back(std::move(record));
  }
  return Json{{"files", std::move(records)}};
}

OptimizeSettings small_settings(const StageContext& context) {
  OptimizeSettings settings{.source = {.path = context.path("model.paw"), .net = {}},
                            .output = context.path(kSmall),
                            .recipe = "auto",
                            .calibrate = context.photos.root(),
                            .evaluate = {},
                            .judges = context.photos.test(kJudges),
                            .target = {},
                            .max_drop = context.settings.max_drop,
                            .quantise = {},
                            .effort = enum_named<Effort>(context.settings.effort).value_or(Effort::kQuick),
                            .student = {},
                            .force = true};
  settings.quantise.threads = context.threads();
  std::error_code error;
  settings.resume = fs::exists(settings.output + ".auto", error);
  return settings;
}

// A search that cannot go on where it was is begun again.
Result<OptimizeResult> small_file(StageContext& context) {
  OptimizeSettings settings = small_settings(context);
  auto result = optimize(settings, context.progress);
  if (result || !settings.resume || result.error().code != ErrorCode::kResumeRefused) return result;
  context.progress.note("the search for a small file begins again: " + result.error().message);
  settings.resume = false;
  return optimize(settings, context.progress);
}

}  // namespace

Result<Json> make_tflite(StageContext& context) { return converted_files(context, {"exports/model.tflite"}); }

Result<Json> make_coreml(StageContext& context) {
  return converted_files(context, {"exports/model.mlmodel", "exports/model.mlpackage"});
}

// A search that finds nothing within the drop is a result too: the float files stay what the apps take.
Result<Json> make_small(StageContext& context) {
  const auto small = small_file(context);
  if (!small && small.error().code != ErrorCode::kGateFailed) return std::unexpected(small.error());
  Json result = {{"files", Json::array()}, {"refused", Json::array()}};
  if (!small) {
    context.warnings.push_back(fmt::format("{}: {}", kSmall, small.error().message));
    std::error_code ignored;
    fs::remove(context.path(kSmall) + ".auto", ignored);  // the search has ended
    result["refused"].push_back(small.error().text());
    leave_out_folders(result, {context.photos.root(), context.run.string()});
    return result;
  }
  Json figures = to_json(*small);
  figures["ms"] = small->latency.after_ms;
  for (const char* key : {"input", "output", "seconds", "make_seconds", "latency_ms"}) figures.erase(key);
  PAW_ASSIGN_OR_RETURN(Json record, file_record(context, kSmall, std::move(figures)));
  result["files"].push_back(std::move(record));
  return result;
}

Result<std::vector<std::string>> exported_files(const fs::path& run) {
  std::vector<std::string> files;
  std::error_code error;
  for (fs::directory_iterator at(run / "exports", error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (!name.starts_with('.') && !name.ends_with(".json") && !name.ends_with(".rejected")) {
      files.push_back("exports/" + name);
    }
  }
  if (error) return fail(ErrorCode::kIo, printable((run / "exports").string()), error.message());
  std::ranges::sort(files);
  return files;
}

}  // namespace paw
