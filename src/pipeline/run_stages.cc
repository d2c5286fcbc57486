#include "pipeline/run_stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "apps/platforms.h"
#include "pipeline/golden_photos.h"
#include "pipeline/make_app.h"
#include "pipeline/parity.h"
#include "pipeline/photo_store.h"
#include "pipeline/predict.h"
#include "pipeline/run_record.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShownOfClass = 3, kShown = 12, kParityPhotos = 32;

Json no_settings(const RunPhotosSettings&) { return Json::object(); }

Json small_stage_settings(const RunPhotosSettings& s) { return {{"max_drop", s.max_drop}, {"effort", s.effort}}; }

Json app_stage_settings(const RunPhotosSettings& s) { return {{"name", s.name}, {"golden", s.golden}}; }

// Empty: drawn ones.
std::vector<fs::path> golden_files(StageContext& context) {
  if (context.settings.golden == "drawn") return {};
  std::vector<fs::path> files = context.photos.test(kGoldenPhotos);
  if (std::ssize(files) == kGoldenPhotos) return files;
  context.warnings.push_back(fmt::format("the apps carry drawn test photos: {} of yours were held out, {} are needed",
                                         files.size(), kGoldenPhotos));
  return {};
}

Result<Json> make_apps(StageContext& context) {
  AppSettings settings{.model = context.path("model.paw"),
                       .out = context.path("apps"),
                       .platforms = {},
                       .name = context.settings.name,
                       .id = {},
                       .golden_files = golden_files(context),
                       .force = true};
  for (const Platform* platform : project_platforms()) settings.platforms.emplace_back(platform->name);
  PAW_ASSIGN_OR_RETURN(const AppResult made, make_app(settings, context.progress));
  Json result = to_json(made);
  leave_out_folders(result, {context.photos.root(), context.run.string()});
  return result;
}

Result<Json> images_record(const StageContext& context, const std::vector<std::string>& files,
                           const std::vector<std::string>& photos) {
  Json images = Json::array();
  for (const std::string& photo : photos) {
    images.push_back(
        {{"path", photo}, {"label", fs::path(photo).parent_path().filename().string()}, {"files", Json::object()}});
  }
  context.progress.start("predicting", files.size(), "files");
  for (const std::string& file : files) {
    PAW_ASSIGN_OR_RETURN(const PredictResult answers,
                         predict({.model = context.path(file), .images = photos, .top = 1, .trace_images = {}}));
    if (const Error* error = answers.first_error()) return std::unexpected(*error);
    for (std::size_t i = 0; i < photos.size(); ++i) {
      const Prediction& best = answers.images[i].predictions[0];
      images[i]["files"][file] = {{"label", best.label}, {"score", best.score}, {"sure", answers.images[i].sure}};
    }
    context.progress.advance();
  }
  context.progress.finish();
  return images;
}

Result<Json> predict_all(StageContext& context) {
  std::vector<std::string> files{"model.paw"}, photos;
  PAW_ASSIGN_OR_RETURN(const std::vector<std::string> exported, exported_files(context.run));
  files.insert(files.end(), exported.begin(), exported.end());
  for (const fs::path& photo : context.photos.test_of_each_class(kShownOfClass)) {
    if (photos.size() < kShown) photos.push_back(photo.string());
  }
  PAW_ASSIGN_OR_RETURN(Json images, images_record(context, files, photos));
  PAW_ASSIGN_OR_RETURN(const std::vector<ParityRow> rows, parity({.run = context.run,
                                                                  .files = exported,
                                                                  .photos = context.photos.test(kParityPhotos),
                                                                  .others = !context.settings.reproducible},
                                                                 context.progress));
  PAW_ASSIGN_OR_RETURN(
      const PredictResult traced,
      predict({.model = context.path("model.paw"), .images = {photos[0]}, .trace = true, .trace_images = {}}));
  Json result = {{"images", std::move(images)}, {"parity", to_json(rows)}, {"trace", to_json(traced)["images"][0]}};
  leave_out_folders(result, {context.photos.root(), context.run.string()});
  return result;
}

}  // namespace

int StageContext::threads() const { return thread_count(settings.train.threads); }

std::span<const RunStage> run_stages() {
  static const RunStage kStages[] = {
      {"tflite", "a .tflite file", "exports", {"model.paw"}, no_settings, make_tflite},
      {"coreml", ".mlmodel and .mlpackage", "exports", {"model.paw"}, no_settings, make_coreml},
      {"optimize", "smaller files", "exports", {"model.paw"}, small_stage_settings, make_small},
      {"apps", "apps", "apps", {"model.paw"}, app_stage_settings, make_apps},
      {"predict",
       "predictions of photos that were held out",
       "",
       {"model.paw", "exports", "apps"},
       no_settings,
       predict_all},
  };
  return kStages;
}

}  // namespace paw
