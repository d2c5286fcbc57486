#include "pipeline/demo.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"
#include "pipeline/photo_store.h"
#include "vision/manifest.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShown = 3;  // pictures of each class

// The first pictures of each class that no training has seen.
Result<std::vector<std::string>> held_out(const fs::path& run, const fs::path& drawn) {
  const fs::path path = run / "manifest.csv";
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  PAW_ASSIGN_OR_RETURN(const std::vector<ManifestRow> rows, parse_manifest(text, path.string()));
  std::map<std::string, std::size_t> shown;
  std::vector<std::string> pictures;
  for (const ManifestRow& row : rows) {
    if (row.split == Split::kTest && shown[row.label]++ < kShown) pictures.push_back((drawn / row.path).string());
  }
  return pictures;
}

}  // namespace

Result<DemoResult> run_demo(const DemoSettings& settings, Progress& progress) {
  PAW_RETURN_IF_ERROR(check_output(settings.out, settings.force));
  const fs::path run = settings.out, drawn = run / "drawn";
  DemoResult result;
  progress.note(fmt::format("drawing {} cats and dogs, {} x {} x 3", settings.count, settings.size, settings.size));
  PAW_ASSIGN_OR_RETURN(result.drawn, draw_data({.out = drawn.string(),
                                                .count = settings.count,
                                                .size = settings.size,
                                                .force = settings.force,
                                                .threads = static_cast<int>(settings.threads)},
                                               progress));
  // The run folder is there now, with the pictures in it: a new run in it, unless an earlier one is to be replaced.
  const TrainPhotosSettings train{.photos = drawn.string(),
                                  .out = settings.out,
                                  .net = "pawnet",
                                  .epochs = settings.epochs,
                                  .size = settings.size,
                                  .threads = settings.threads,
                                  .force = settings.force,
                                  .resume = !settings.force};
  PAW_ASSIGN_OR_RETURN(result.trained, train_photos(train, progress, show_on(progress)));
  std::error_code error;
  result.bytes = fs::file_size(result.trained.model, error);
  PAW_ASSIGN_OR_RETURN(result.exports, export_model({.model = result.trained.model,
                                                     .photos = drawn.string(),
                                                     .folder = (run / "exports").string(),
                                                     .threads = thread_count(settings.threads)},
                                                    progress));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::string> pictures, held_out(run, drawn));
  PAW_ASSIGN_OR_RETURN(result.predicted, predict({.model = result.trained.model, .images = pictures, .top = 1}));
  return result;
}

Json to_json(const DemoResult& r) {
  return {{"run", r.trained.run},           {"model", r.trained.model},    {"bytes", r.bytes},
          {"drawn", to_json(r.drawn)},      {"train", to_json(r.trained)}, {"exports", to_json(r.exports)},
          {"predict", to_json(r.predicted)}};
}

std::string to_text(const DemoResult& r) {
  return fmt::format(
      "{}{}{}the model has {}; try it: paw predict {} PICTURE --trace\n"
      "as a web app: paw app {} -o apps --web\n"
      "not built yet: Android and iOS apps, report\n",
      to_text(r.trained), to_text(r.exports), to_text(r.predicted), human_bytes(r.bytes), printable(r.trained.model),
      printable(r.trained.model));
}

}  // namespace paw
