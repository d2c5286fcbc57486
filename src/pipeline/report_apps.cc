// The apps of a run and what its stages did, out of the run folder.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "apps/platforms.h"
#include "host/file.h"
#include "host/text.h"
#include "pipeline/app_screens.h"
#include "pipeline/report_parts.h"
#include "vision/decode.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> how_to_open(const Platform& platform) {
  std::vector<std::string> steps(platform.open.begin(), platform.open.end());
  steps.emplace_back("\"Self-test\" runs the golden photos below.");
  return steps;
}

// "web app" begins a line as "Web app"; "iOS app" as it is.
std::string sentence_case(std::string text) {
  const auto small = [&](std::size_t i) { return text.size() > i && text[i] >= 'a' && text[i] <= 'z'; };
  if (small(0) && small(1)) text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

void add_sizes(report::App& app, const fs::path& folder) {
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    ++app.files;
    app.bytes += at->file_size(error);
  }
}

// `folder`: an app's, of its model.json and its golden photos.
Status add_golden(report::AppsPart& apps, const fs::path& folder) {
  const auto file = map_file(folder / "model.json");
  if (!file) return {};
  const std::string where = printable((folder / "model.json").string());
  PAW_ASSIGN_OR_RETURN(const Json json, parse_json({reinterpret_cast<const char*>(file->data()), file->size()}, where,
                                                   {}, ErrorCode::kBadData));
  apps.labels = json_texts(json_at(json, {"labels"}));
  apps.tolerance = json_number(json_at(json, {"tolerance"})).value_or(0);
  for (const Json& row : json_rows(json_at(json, {"golden"}))) {
    report::Golden golden;
    for (const Json& score : json_rows(json_at(row, {"scores"})))
      golden.scores.push_back(json_number(score).value_or(0));
    const fs::path picture = fs::path(json_text(json_at(row, {"file"}))).relative_path();
    if (const auto bytes = map_file(folder / picture.parent_path().filename() / picture.filename())) {
      if (const auto photo = decode_photo(bytes->span(), where)) {
        PAW_ASSIGN_OR_RETURN(const Image small, square_of(photo->image, 96));
        PAW_ASSIGN_OR_RETURN(golden.picture, picture_of(small, fmt::format("golden photo {}", apps.golden.size() + 1)));
      }
    }
    apps.golden.push_back(std::move(golden));
  }
  return {};
}

// Of the web app, where there is one and a browser; nothing else of the page depends on it.
Status add_screens(report::AppsPart& apps, const fs::path& folder, Progress& progress) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) return {};
  const auto screens = app_screens(folder);
  if (!screens) {
    progress.note("no pictures of the web app: " + screens.error().text());
    return {};
  }
  PAW_ASSIGN_OR_RETURN(report::Picture picked, picture_of(screens->picked, "the web app with a photo and its answer"));
  PAW_ASSIGN_OR_RETURN(report::Picture tested, picture_of(screens->tested, "the web app after its self-test"));
  apps.screens = {{"A photo was picked.", "Bright is what speaks for the answer.", std::move(picked)},
                  {"Self-test.", "The golden photos again, and how far their scores are from those they must get.",
                   std::move(tested)}};
  return {};
}

// The lines of a stage that wrote files: a line each.
template <class Chosen>
report::Stage stage_of_files(const RunRecord& run, const report::Page& page, const char* stage, Chosen chosen) {
  report::Stage out;
  for (const report::FileRow& file : page.files.files) {
    if (!chosen(file)) continue;
    out.lines.push_back(
        fmt::format("{}, {}{}", file.file, human_bytes(file.bytes), file.optimized() ? ", " + file.recipe : ""));
  }
  out.done = !out.lines.empty();
  out.seconds = run.seconds(stage);
  return out;
}

report::Stage train_stage(const RunRecord& run, const report::Page& page) {
  report::Stage out{.name = "Check and train", .made_of = "photos", .lines = {}, .seconds = run.seconds("train")};
  out.done = !page.training.epochs.empty() && !page.files.files.empty();
  out.missing = "Not finished; go on with paw train PHOTOS -o RUN --resume";
  if (!page.shape.empty()) out.lines.push_back(page.shape);
  std::int64_t train = 0, val = 0, test = 0;
  for (const report::ClassRow& row : page.data.classes) train += row.train, val += row.val, test += row.test;
  out.lines.push_back(fmt::format("{} train, {} val, {} test", train, val, test));
  if (!page.files.files.empty())
    out.lines.push_back(fmt::format("model.paw, {}", human_bytes(page.files.files[0].bytes)));
  if (out.seconds || run.reproducible) return out;
  double all = 0;
  for (const Json& row : json_rows(json_at(run.result("train"), {"epochs"}))) {
    all += json_number(json_at(row, {"seconds"})).value_or(0);
  }
  if (all > 0) out.seconds = all;
  return out;
}

bool is_core_ml(const report::FileRow& file) {
  return file.file.ends_with(".mlmodel") || file.file.ends_with(".mlpackage");
}

report::Stage predict_stage(const RunRecord& run, const report::Page& page) {
  report::Stage out{
      .name = "Predict", .made_of = "held-out photos, every file", .lines = {}, .seconds = run.seconds("predict")};
  out.done = !page.parity.empty();
  out.missing = "Not run: paw predict RUN/model.paw PHOTO";
  std::int64_t ran = 0, same = 0;
  for (const report::ParityRow& row : page.parity) {
    ran += row.images > 0 ? 1 : 0;
    same += row.images > 0 && row.agreement.value_or(0) >= 1 ? 1 : 0;
  }
  out.lines.push_back(fmt::format("{} of {} ways to run it always give the same answer", same, ran));
  return out;
}

}  // namespace

Result<report::AppsPart> apps_of(const RunRecord& run, Progress& progress) {
  report::AppsPart apps;
  for (const Platform& platform : all_platforms()) {
    const fs::path folder = run.folder / "apps" / platform.name;
    std::error_code error;
    if (!fs::is_directory(folder, error)) continue;
    report::App app{.title = std::string(platform.title),
                    .folder = fmt::format("apps/{}", platform.name),
                    .open = how_to_open(platform)};
    app.title = sentence_case(std::move(app.title));
    add_sizes(app, folder);
    // All apps carry the same photos.
    if (apps.golden.empty()) PAW_RETURN_IF_ERROR(add_golden(apps, folder / platform.data));
    apps.apps.push_back(std::move(app));
  }
  if (!run.reproducible) PAW_RETURN_IF_ERROR(add_screens(apps, run.folder / "apps/web", progress));
  return apps;
}

std::vector<report::Stage> stages_of(const RunRecord& run, const report::Page& page) {
  std::vector<report::Stage> out = {train_stage(run, page)};
  out.push_back(stage_of_files(run, page, "tflite",
                               [](const report::FileRow& f) { return f.file.ends_with(".tflite") && !f.optimized(); }));
  out.back().name = "Convert for Android";
  out.back().made_of = "model.paw";
  out.back().missing = "Not run: paw convert RUN/model.paw -o model.tflite";
  out.push_back(
      stage_of_files(run, page, "coreml", [](const report::FileRow& f) { return is_core_ml(f) && !f.optimized(); }));
  out.back().name = "Convert for iPhone";
  out.back().made_of = "model.paw";
  out.back().missing = "Not run: paw convert RUN/model.paw -o model.mlpackage";
  out.push_back(stage_of_files(run, page, "optimize", [](const report::FileRow& f) { return f.optimized(); }));
  out.back().name = "Optimise";
  out.back().made_of = "model.paw, training photos";
  out.back().missing = "Not run: paw optimize RUN/model.paw -o model_int8.tflite --recipe int8 --calibrate PHOTOS";
  report::Stage apps{.name = "Apps", .made_of = "model and golden photos", .lines = {}, .seconds = run.seconds("apps")};
  for (const report::App& app : page.apps.apps)
    apps.lines.push_back(fmt::format("{}, {}", app.folder, human_bytes(app.bytes)));
  apps.done = !apps.lines.empty();
  apps.missing = "Not run: paw app RUN/model.paw -o RUN/apps --web";
  out.push_back(std::move(apps));
  out.push_back(predict_stage(run, page));
  return out;
}

}  // namespace paw
