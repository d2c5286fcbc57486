#include "pipeline/make_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/apk/package.h"
#include "apps/names.h"
#include "apps/project.h"
#include "host/text.h"
#include "lower/lower.h"
#include "lower/retarget.h"
#include "passes/export_form.h"
#include "pipeline/golden_photos.h"
#include "pipeline/load.h"
#include "pipeline/net_runner.h"
#include "pipeline/why_plan.h"
#include "runtime/plan.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

// Largest difference of a score that the self-test accepts.
constexpr double kFloatTolerance = 0.01, kIntegerTolerance = 0.05;

Result<std::vector<const Platform*>> chosen_platforms(const std::vector<std::string>& names) {
  std::vector<const Platform*> chosen;
  for (const Platform& platform : all_platforms()) {
    if (std::ranges::find(names, platform.name) != names.end()) chosen.push_back(&platform);
  }
  if (!chosen.empty()) return chosen;
  std::vector<std::string> flags;
  for (const Platform& platform : all_platforms()) flags.push_back(fmt::format("--{}", platform.name));
  return fail(ErrorCode::kUsage, "paw app", "no platform is named",
              fmt::format("give {} or --all", fmt::join(flags, ", ")));
}

Status check_labels(const Model& model, const std::string& where) {
  const auto classes = model.graph.type(model.graph.outputs[0]).shape.elements();
  if (std::ssize(model.labels) == classes) return {};
  return fail(ErrorCode::kUnsupported, where,
              model.labels.empty() ? "has no labels, which an app shows"
                                   : fmt::format("has {} labels for {} classes", model.labels.size(), classes),
              "train it with `paw train`, or export it with a label for each class");
}

std::string app_name(const Model& model) {
  std::string name;
  for (const std::string& label : model.labels) name += name.empty() ? label : " or " + label;
  const bool good = model.labels.size() <= 3 && check_app_name(name);
  return good ? name : "Classifier";
}

bool is_integer(const Graph& graph) {
  return std::ranges::any_of(graph.values, [](const Value& value) { return value.type.quant != nullptr; });
}

// The golden photos' scores, by the plan's bytes as the app gets them.
Result<std::vector<GoldenPhoto>> golden_scores(const Bytes& plan, const Preprocess& preprocess,
                                               std::vector<GoldenPicture> pictures) {
  PAW_ASSIGN_OR_RETURN(const Bytes here, retarget_plan(plan, kPlanTarget));
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::of_plan(here, "the app's plan", 1));
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(preprocess));
  std::vector<GoldenPhoto> out;
  for (GoldenPicture& picture : pictures) {
    PAW_RETURN_IF_ERROR(preprocessor.run(picture.image, net.input(), "golden photo"));
    net.run();
    const auto scores = net.scores();
    out.push_back({std::move(picture.png), {scores.begin(), scores.end()}});
  }
  return out;
}

struct MadeProject {
  const Platform* platform;
  fs::path folder;
  std::vector<AppFile> files;
};

AppResult::Project summary(const MadeProject& made, const AppContent& content) {
  AppResult::Project out{.platform = std::string(made.platform->name),
                         .folder = made.folder.string(),
                         .files = made.files.size(),
                         .why = content.models.contains("why")};
  for (const AppFile& file : made.files) out.bytes += file.data.size();
  for (const auto& [form, bytes] : content.models) out.model_bytes += bytes.size();
  return out;
}

// Models and golden scores for one platform.
Result<AppContent> content_for(const Platform& platform, const Model& model, const AppResult& result,
                               const std::string& golden) {
  AppContent content{.name = result.name,
                     .id = result.id,
                     .preprocess = *model.preprocess,
                     .labels = model.labels,
                     .threshold = model.threshold,
                     .tolerance = is_integer(model.graph) ? kIntegerTolerance : kFloatTolerance};
  PAW_ASSIGN_OR_RETURN(AppPlans plans, app_plans(model));
  PAW_ASSIGN_OR_RETURN(const Bytes plan, retarget_plan(plans.main, platform.target));
  content.models.emplace("plan", plan);
  if (plans.why) {
    PAW_ASSIGN_OR_RETURN(const Bytes why, retarget_plan(*plans.why, platform.target));
    content.models.emplace("why", why);
  }
  PAW_ASSIGN_OR_RETURN(std::vector<GoldenPicture> pictures, golden_photos(golden, model));
  PAW_ASSIGN_OR_RETURN(content.golden, golden_scores(plan, content.preprocess, std::move(pictures)));
  return content;
}

}  // namespace

Result<AppResult> make_app(const AppSettings& settings, Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const std::vector<const Platform*> platforms, chosen_platforms(settings.platforms));
  if (!settings.name.empty()) PAW_RETURN_IF_ERROR(check_app_name(settings.name));
  if (!settings.id.empty()) PAW_RETURN_IF_ERROR(check_app_id(settings.id));
  const auto folder = [&](const Platform& platform) { return fs::path(settings.out) / platform.name; };
  for (const Platform* platform : platforms) {
    PAW_RETURN_IF_ERROR(check_app_folder(folder(*platform), settings.force));
    if (platform->package) PAW_RETURN_IF_ERROR(check_packing());
  }
  PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model({.path = settings.model, .net = {}}));
  const std::string where = printable(settings.model);
  PAW_RETURN_IF_ERROR(photo_preprocess(loaded.model, where));
  PAW_RETURN_IF_ERROR(check_labels(loaded.model, where));
  PAW_ASSIGN_OR_RETURN(const Model model, export_form(loaded.model));
  AppResult result{.model = settings.model,
                   .out = settings.out,
                   .name = settings.name.empty() ? app_name(model) : settings.name,
                   .golden = kGoldenPhotos,
                   .notes = std::move(loaded.notes)};
  result.id = settings.id.empty() ? default_app_id(result.name) : settings.id;
  if (settings.golden != "drawn") {
    result.notes.push_back(fmt::format("{} of your photos travel inside the app", kGoldenPhotos));
  }
  std::vector<MadeProject> made;
  for (const Platform* platform : platforms) {
    progress.note(fmt::format("making the {}", platform->title));
    PAW_ASSIGN_OR_RETURN(const AppContent content, content_for(*platform, model, result, settings.golden));
    PAW_ASSIGN_OR_RETURN(std::vector<AppFile> files, project_files(*platform, content));
    if (platform->package) {
      PAW_ASSIGN_OR_RETURN(files, package_apk(files, content.id));
    }
    made.push_back({platform, folder(*platform), std::move(files)});
    result.projects.push_back(summary(made.back(), content));
    if (!result.projects.back().why) {
      result.notes.emplace_back(
          "no map of where the model looks: its last layers are not an average and a dense layer");
    }
  }
  std::error_code error;
  fs::create_directories(settings.out, error);
  if (error) return fail(ErrorCode::kIo, printable(settings.out), error.message());
  for (const MadeProject& project : made) PAW_RETURN_IF_ERROR(write_project(project.folder, project.files));
  return result;
}

Json to_json(const AppResult& r) {
  Json projects = Json::array();
  for (const AppResult::Project& p : r.projects) {
    projects.push_back({{"platform", p.platform},
                        {"folder", p.folder},
                        {"files", p.files},
                        {"bytes", p.bytes},
                        {"model_bytes", p.model_bytes},
                        {"why", p.why}});
  }
  return {{"model", r.model},   {"out", r.out},         {"name", r.name},  {"id", r.id},
          {"golden", r.golden}, {"projects", projects}, {"notes", r.notes}};
}

std::string to_text(const AppResult& r) {
  std::string text = fmt::format("{} ({}), {} golden photos\n", printable(r.name), r.id, r.golden);
  for (const AppResult::Project& p : r.projects) {
    text += fmt::format("  {}: {}, {} files, {}, of which the model {}\n", p.platform, printable(p.folder), p.files,
                        human_bytes(p.bytes), human_bytes(p.model_bytes));
  }
  for (const std::string& note : r.notes) text += fmt::format("  note: {}\n", printable(note));
  if (std::ranges::any_of(r.projects, [](const auto& p) { return p.platform == "web"; })) {
    text += fmt::format("try the web app: paw serve {}\n", printable(r.out));
  }
  return text;
}

}  // namespace paw
