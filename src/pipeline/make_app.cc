#include "pipeline/make_app.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "apps/apk/package.h"
#include "apps/names.h"
#include "apps/project.h"
#include "apps/templates.h"
#include "host/text.h"
#include "passes/export_form.h"
#include "pipeline/app_forms.h"
#include "pipeline/golden_photos.h"
#include "pipeline/load.h"
#include "pipeline/net_runner.h"
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
  std::vector<std::string> sorted = model.labels;
  std::ranges::sort(sorted);
  if (const auto twin = std::ranges::adjacent_find(sorted); twin != sorted.end()) {
    return fail(ErrorCode::kUnsupported, where, fmt::format("has the label '{}' twice", printable(*twin)),
                "give each class a label of its own");
  }
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

// The scores of each picture.
Result<std::vector<std::vector<float>>> scores_of(NetRunner& net, const Preprocess& preprocess,
                                                  const std::vector<GoldenPicture>& pictures) {
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(preprocess));
  std::vector<std::vector<float>> out;
  for (const GoldenPicture& picture : pictures) {
    PAW_RETURN_IF_ERROR(preprocessor.run(picture.image, net.input(), "golden photo"));
    net.run();
    const auto scores = net.scores();
    out.emplace_back(scores.begin(), scores.end());
  }
  return out;
}

// What all apps of a call are made of.
struct AppSource {
  AppModel model;
  std::vector<GoldenPicture> pictures;
  std::vector<std::vector<float>> scores;  // of the model itself
};

Result<AppSource> source_of(const Model& model, std::string name, const AppSettings& settings) {
  AppSource source{.model = {.model = model, .graph = app_graph(model), .name = std::move(name)}};
  PAW_ASSIGN_OR_RETURN(source.pictures, settings.golden_files.empty()
                                            ? golden_photos(settings.golden, model, settings.model)
                                            : golden_photos(settings.golden_files));
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::create(model, 1, false));
  PAW_ASSIGN_OR_RETURN(source.scores, scores_of(net, *model.preprocess, source.pictures));
  return source;
}

double tolerance_of(const AppForm& form, const Model& model) {
  return is_integer(model.graph) ? form.integer_tolerance : form.tolerance;
}

// The golden photos with the scores that the form gave them, which may differ from the model's by its tolerance.
Result<std::vector<GoldenPhoto>> golden_of(const AppSource& source, NetRunner& net, const AppForm& form,
                                           const Platform& platform) {
  PAW_ASSIGN_OR_RETURN(const auto scores, scores_of(net, *source.model.model.preprocess, source.pictures));
  const double tolerance = tolerance_of(form, source.model.model);
  std::vector<GoldenPhoto> out;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    for (std::size_t c = 0; c < scores[i].size(); ++c) {
      const double apart = std::abs(static_cast<double>(scores[i][c]) - static_cast<double>(source.scores[i][c]));
      if (apart <= tolerance) continue;
      return fail(ErrorCode::kGateFailed, fmt::format("{}: golden photo {}", platform.title, i + 1),
                  fmt::format("the {} gives '{}' a score that differs by {:.3g} from the model's, more than {}",
                              form.name, printable(source.model.model.labels[c]), apart, tolerance),
                  "`paw convert` to that format and `paw diff` name the first layer that departs");
    }
    out.push_back({source.pictures[i].png, scores[i]});
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
                         .next = fmt::format("{} {}", made.platform->next, printable(made.folder.string())),
                         .files = made.files.size(),
                         .why = std::ranges::all_of(made.platform->models, [&](const ModelSlot& slot) {
                           return content.models.contains(slot.form);
                         })};
  for (const AppFile& file : made.files) out.bytes += file.data.size();
  for (const auto& [form, files] : content.models) {
    for (const AppFile& file : files) out.model_bytes += file.data.size();
  }
  return out;
}

// Models and golden scores for one platform.
Result<AppContent> content_for(const Platform& platform, const AppSource& source, AppResult& result,
                               Progress& progress) {
  const Model& model = source.model.model;
  AppContent content{.name = result.name,
                     .id = result.id,
                     .preprocess = *model.preprocess,
                     .labels = model.labels,
                     .threshold = model.threshold,
                     .tolerance = is_integer(model.graph) ? kIntegerTolerance : kFloatTolerance};
  std::vector<std::string> notes;
  for (const ModelSlot& slot : platform.models) {
    PAW_ASSIGN_OR_RETURN(const AppForm* form, app_form(slot.form));
    PAW_ASSIGN_OR_RETURN(std::vector<AppFile> files, form->make(source.model, platform, progress, notes));
    if (files.empty()) continue;
    if (form->open != nullptr) {
      content.tolerance = std::max(content.tolerance, tolerance_of(*form, model));
      PAW_ASSIGN_OR_RETURN(OpenedForm opened, form->open(files));
      content.values = std::move(opened.values);
      PAW_ASSIGN_OR_RETURN(content.golden, golden_of(source, opened.net, *form, platform));
    }
    content.models.emplace(slot.form, std::move(files));
  }
  for (const std::string& note : notes) result.notes.push_back(fmt::format("{}: {}", platform.title, note));
  return content;
}

// What is to be known of the projects together.
void add_notes(const AppSettings& settings, AppResult& result) {
  if (settings.golden != "drawn" || !settings.golden_files.empty()) {
    result.notes.push_back(fmt::format("{} of your photos travel inside the app", kGoldenPhotos));
  }
  const auto has = [](const auto& all, std::string_view what, auto member) {
    return std::ranges::find(all, what, member) != all.end();
  };
  if (has(result.projects, "android", &AppResult::Project::platform) &&
      !has(template_files(), "gradlew", &TemplateFile::path)) {
    result.notes.emplace_back(
        "Android app: without Gradle's wrapper, which was not there when paw was built (setup/jars): Android Studio "
        "does "
        "without, `gradle wrapper` writes it");
  }
  if (!std::ranges::all_of(result.projects, &AppResult::Project::why)) {
    result.notes.emplace_back("no map of where the model looks: its last layers are not an average and a dense layer");
  }
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
  PAW_ASSIGN_OR_RETURN(const AppSource source, source_of(model, result.name, settings));
  std::vector<MadeProject> made;
  for (const Platform* platform : platforms) {
    progress.note(fmt::format("making the {}", platform->title));
    PAW_ASSIGN_OR_RETURN(const AppContent content, content_for(*platform, source, result, progress));
    PAW_ASSIGN_OR_RETURN(std::vector<AppFile> files, project_files(*platform, content));
    if (platform->package) {
      PAW_ASSIGN_OR_RETURN(files, package_apk(files, content.id));
    }
    made.push_back({platform, folder(*platform), std::move(files)});
    result.projects.push_back(summary(made.back(), content));
  }
  add_notes(settings, result);
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
                        {"next", p.next},
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
  for (const AppResult::Project& p : r.projects) text += p.next + "\n";
  return text;
}

}  // namespace paw
