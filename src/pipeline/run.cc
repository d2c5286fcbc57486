#include "pipeline/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "apps/names.h"
#include "base/cpu.h"
#include "host/text.h"
#include "pipeline/auto_recipe.h"
#include "pipeline/check_data.h"
#include "pipeline/clock.h"
#include "pipeline/load.h"
#include "pipeline/report.h"
#include "pipeline/run_folder.h"
#include "pipeline/run_photos.h"
#include "pipeline/run_record.h"
#include "pipeline/run_stages.h"
#include "pipeline/setting_fields.h"
#include "pipeline/train.h"
#include "pipeline/transfer_beside.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr const char* kTrain = "train";
constexpr const char* kTrained[] = {"manifest.csv", "metrics.csv", "curves.svg", "model.paw"};
constexpr const char* kLog = ".auto";  // of a search that goes on where it was stopped

SettingFields run_fields(RunPhotosSettings& s) {
  return {{"max_drop", &s.max_drop},
          {"effort", &s.effort},
          {"name", &s.name},
          {"golden", &s.golden},
          {"reproducible", &s.reproducible}};
}

Status check_run(const RunPhotosSettings& s) {
  const auto usage = [](std::string_view message) { return fail(ErrorCode::kUsage, "paw run", message); };
  PAW_RETURN_IF_ERROR(check(s.train));
  if (!(s.max_drop >= 0 && s.max_drop <= 1)) return usage("--max-drop must be between 0 and 1");
  if (!enum_named<Effort>(s.effort)) return usage("--effort must be quick or full");
  if (s.golden != "drawn" && s.golden != "photos") return usage("--golden must be photos or drawn");
  return s.name.empty() ? Status{} : check_app_name(s.name);
}

class WholeRun {
 public:
  WholeRun(const RunPhotosSettings& settings, Progress& progress, RunFolder folder)
      : settings_(settings), progress_(progress), folder_(std::move(folder)) {}

  Result<RunPhotosResult> run() {
    PAW_RETURN_IF_ERROR(begin());
    PAW_RETURN_IF_ERROR(train());
    PAW_ASSIGN_OR_RETURN(photos_, RunPhotos::open(folder_.path("manifest.csv"), settings_.train.photos));
    for (const RunStage& stage : run_stages()) PAW_RETURN_IF_ERROR(work(stage));
    progress_.note("report");
    PAW_ASSIGN_OR_RETURN(
        const ReportResult report,
        write_report({.run = settings_.train.out, .photos = settings_.train.photos, .threads = settings_.train.threads},
                     progress_));
    return RunPhotosResult{.run = settings_.train.out,
                           .report = report.file,
                           .record = std::make_shared<const Json>(whole_record(record_))};
  }

 private:
  Json& stage(const char* name) { return record_["stages"][name]; }
  fs::path path(const std::string& name) const { return fs::path(folder_.path()) / name; }

  // The record of a run that goes on decides the settings.
  Status begin() {
    record_ = Json::object();
    if (folder_.resumed()) {
      PAW_ASSIGN_OR_RETURN(record_, folder_.read_record());
    }
    const auto note = [this](const std::string& text) { progress_.note(text); };
    if (record_.contains("settings")) {
      RunPhotosSettings defaults;
      PAW_RETURN_IF_ERROR(
          adopt_settings(run_fields(settings_), run_fields(defaults), record_["settings"], settings_.train.out, note));
    }
    settings_.train.timed = !settings_.reproducible;
    record_["settings"] = settings_json(run_fields(settings_));
    record_["versions"] = {{"paw", PAW_VERSION}};
    if (settings_.reproducible) {
      record_.erase("host");
    } else if (!record_.contains("host")) {
      record_["host"] = host_record(settings_.train.photos);
    }
    return {};
  }

  void headline(std::size_t number, std::string_view title) {
    progress_.note(fmt::format("stage {} of {}: {}", number, run_stages().size() + 1, title));
  }

  Status train() {
    PAW_ASSIGN_OR_RETURN(const bool done, trained());
    headline(1, done ? "check and train: done before" : "check and train");
    if (done) return {};
    const auto began = Clock::now();
    for (const char* key : {"result", "outputs", "warnings", "error", "seconds"}) {
      if (record_.contains("stages") && record_["stages"].contains(kTrain)) stage(kTrain).erase(key);
    }
    auto result = train_photos(settings_.train, progress_, show_on(progress_), folder_, record_);
    if (!result) return failed(kTrain, result.error());
    Json& record = stage(kTrain);
    PAW_RETURN_IF_ERROR(add_data(std::move(*result), record));
    if (const Status compared = compare_ways(record["result"], seconds_since(began)); !compared) {
      return failed(kTrain, compared.error());
    }
    Json outputs = Json::object();
    for (const char* name : kTrained) {
      PAW_ASSIGN_OR_RETURN(outputs[name], tree_hash(path(name)));
    }
    record["outputs"] = std::move(outputs);
    record["warnings"] = record["result"]["check"]["warnings"];
    record["seconds"] = seconds_since(began);
    return folder_.write_record(record_);
  }

  // Is the trained model that of these settings and photos? kResumeRefused: they differ.
  Result<bool> trained() {
    if (!record_.contains("stages") || !record_["stages"].contains(kTrain)) return false;
    const Json& record = stage(kTrain);
    if (!whole(record)) return false;
    const auto note = [this](const std::string& text) { progress_.note(text); };
    PAW_RETURN_IF_ERROR(adopt(settings_.train, record.value("settings", Json::object()), note));
    PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
    const std::string then = record.value("inputs", Json::object()).value("instruction_set", "");
    if (then != name(isa)) {
      return fail(ErrorCode::kResumeRefused, settings_.train.out,
                  fmt::format("instruction_set was {}, now is {}", printable(then), name(isa)),
                  "go on where it was started, or with PAW_ISA set to what it was");
    }
    PAW_ASSIGN_OR_RETURN(const RunPhotos photos, RunPhotos::open(folder_.path("manifest.csv"), settings_.train.photos));
    PAW_RETURN_IF_ERROR(photos.unchanged());
    return true;
  }

  // The run's own way of training and, beside it, transfer.
  Status compare_ways(Json& result, double seconds) {
    if (!settings_.transfer_beside || settings_.reproducible) return {};
    PAW_ASSIGN_OR_RETURN(const Json transfer, transfer_beside(settings_.train, progress_));
    if (!transfer.is_null()) result["ways"] = {way_record(result, seconds), transfer};
    return {};
  }

  // What `paw data check` says of the photos, and what the model was given.
  Status add_data(TrainPhotosResult trained, Json& record) {
    PAW_ASSIGN_OR_RETURN(const LoadedModel model, load_model({.path = folder_.path("model.paw"), .net = {}}));
    const Shape& input = model.model.graph.type(model.model.graph.inputs[0]).shape;
    record["result"]["shape"] = {trained.train + trained.val + trained.test, input[1], input[2], input[3]};
    Json check = to_json(checked(std::move(trained.data)));
    check.erase("likely_mislabels");
    Json& verdicts = check["verdicts"];
    Json remarks = Json::array();
    for (Json& verdict : verdicts) {
      if (verdict["verdict"] != "ok") remarks.push_back(std::move(verdict));
    }
    verdicts = std::move(remarks);
    record["result"]["check"] = std::move(check);
    return {};
  }

  Status work(const RunStage& to_do) {
    const std::size_t number = static_cast<std::size_t>(&to_do - run_stages().data()) + 2;
    Json& record = stage(to_do.name);
    PAW_ASSIGN_OR_RETURN(const Json inputs, inputs_of(to_do));
    const Json settings = to_do.settings(settings_);
    const bool done = record.is_object() && record.value("settings", Json()) == settings &&
                      record.value("inputs", Json()) == inputs && whole(record);
    headline(number, done ? fmt::format("{}: done before", to_do.title) : to_do.title);
    if (done) return {};
    record = {{"state", "running"}, {"settings", settings}, {"inputs", inputs}};
    if (const Status made = make_room(to_do); !made) return failed(to_do.name, made.error());
    PAW_RETURN_IF_ERROR(folder_.write_record(record_));
    const auto began = Clock::now();
    StageContext context{settings_, photos_, folder_.path(), progress_, {}};
    Result<Json> result = to_do.work(context);
    if (const Status there = photos_.still_there(); !there) return failed(to_do.name, there.error());
    if (!result) return failed(to_do.name, result.error());
    PAW_ASSIGN_OR_RETURN(Json outputs, outputs_of(to_do));
    record["state"] = "done";
    record["result"] = std::move(*result);
    record["outputs"] = std::move(outputs);
    record["warnings"] = context.warnings;
    record["seconds"] = seconds_since(began);
    for (const std::string& warning : context.warnings) progress_.warn(warning);
    return folder_.write_record(record_);
  }

  // Done, and its files are as they were.
  bool whole(const Json& record) const {
    if (!record.is_object() || record.value("state", "") != "done" || !record.contains("outputs")) return false;
    const Json& outputs = record["outputs"];
    return outputs.is_object() && std::ranges::all_of(outputs.items(), [&](const auto& item) {
             const auto now = tree_hash(path(item.key()));
             return now && item.value() == *now;
           });
  }

  Result<Json> inputs_of(const RunStage& of) const {
    Json inputs = Json::object();
    for (const std::string& name : of.inputs) {
      PAW_ASSIGN_OR_RETURN(inputs[name], tree_hash(path(name)));
    }
    return inputs;
  }

  // Names in a stage's folder that no other stage has made; but for the log of a search.
  Result<std::vector<std::string>> own(const RunStage& of) {
    std::set<std::string> others;
    for (const auto& [name, record] : record_["stages"].items()) {
      if (name == of.name || !record.contains("outputs")) continue;
      for (const auto& [file, hash] : record["outputs"].items()) others.insert(file);
    }
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at(path(of.folder), error), end; !error && at != end; at.increment(error)) {
      std::string name = fmt::format("{}/{}", of.folder, at->path().filename().string());
      if (!others.contains(name) && !name.ends_with(kLog)) names.push_back(std::move(name));
    }
    if (error) return fail(ErrorCode::kIo, printable(path(of.folder).string()), error.message());
    std::ranges::sort(names);
    return names;
  }

  // What was left half-made goes.
  Status make_room(const RunStage& stage) {
    if (*stage.folder == 0) return {};
    std::error_code error;
    fs::create_directories(path(stage.folder), error);
    if (error) return fail(ErrorCode::kIo, printable(path(stage.folder).string()), error.message());
    PAW_ASSIGN_OR_RETURN(const std::vector<std::string> names, own(stage));
    for (const std::string& name : names) {
      fs::remove_all(path(name), error);
      if (error) return fail(ErrorCode::kIo, printable(path(name).string()), "cannot be removed: " + error.message());
    }
    return {};
  }

  Result<Json> outputs_of(const RunStage& of) {
    Json outputs = Json::object();
    if (*of.folder == 0) return outputs;
    PAW_ASSIGN_OR_RETURN(const std::vector<std::string> names, own(of));
    for (const std::string& name : names) {
      PAW_ASSIGN_OR_RETURN(outputs[name], tree_hash(path(name)));
    }
    return outputs;
  }

  // Says so in the record, unless the run was refused or has not begun. How to go on is part of the error.
  Status failed(const char* name, Error error) {
    const bool begun =
        record_.contains("stages") && record_["stages"].contains(name) && record_["stages"][name].contains("inputs");
    if (!begun || error.code == ErrorCode::kResumeRefused) return std::unexpected(std::move(error));
    Json& record = stage(name);
    record["state"] = "failed";
    record["error"] = to_json(error);
    leave_out_folders(record["error"], {settings_.train.photos, folder_.path()});
    if (const Status written = folder_.write_record(record_); !written) {
      progress_.warn("run.json was not written: " + written.error().text());
    }
    if (!error.hint.empty()) error.hint += "; ";
    error.hint += fmt::format("what was made before stays in {}, and the same command with --resume goes on from there",
                              printable(settings_.train.out));
    return std::unexpected(std::move(error));
  }

  RunPhotosSettings settings_;
  Progress& progress_;
  RunFolder folder_;
  Json record_;
  RunPhotos photos_;
};

// "runs/a/" and "runs//a" are "runs/a": what is left out of texts is one thing.
std::string plain(const std::string& folder) {
  fs::path path = fs::path(folder).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  return path.string();
}

}  // namespace

Result<RunPhotosResult> run_photos(const RunPhotosSettings& asked, Progress& progress) {
  RunPhotosSettings settings = asked;
  settings.train.out = plain(asked.train.out);
  settings.train.photos = plain(asked.train.photos);
  PAW_RETURN_IF_ERROR(check_run(settings));
  const TrainPhotosSettings& train = settings.train;
  const RunMode mode = train.force ? RunMode::kForce : train.resume ? RunMode::kResume : RunMode::kNew;
  PAW_ASSIGN_OR_RETURN(RunFolder folder, RunFolder::open(train.out, mode));
  return WholeRun(settings, progress, std::move(folder)).run();
}

Json to_json(const RunPhotosResult& result) {
  Json out = {{"run", result.run}};
  for (const auto& [key, value] : result.record->items()) out[key] = value;
  return out;
}

}  // namespace paw
