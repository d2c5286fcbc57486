#include "pipeline/report.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"
#include "pipeline/clock.h"
#include "pipeline/photo_store.h"
#include "pipeline/report_parts.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kTestSide = 160;  // of the pictures of test photos

Result<fs::path> photo_folder(const RunRecord& run, const ReportSettings& settings) {
  if (settings.photos.empty()) return run.photo_folder();
  std::error_code error;
  if (fs::is_directory(settings.photos, error)) return fs::path(settings.photos);
  return fail(ErrorCode::kIo, printable(settings.photos), "is no folder",
              "name the folder that the model was trained on");
}

std::string title_of(const std::vector<std::string>& labels) {
  constexpr std::size_t kNamed = 4;
  std::string title;
  for (std::size_t i = 0; i < std::min(labels.size(), kNamed); ++i) {
    const bool last = i + 1 == labels.size();
    title += (i == 0 ? "" : last ? " or " : ", ") + labels[i];
  }
  return labels.size() > kNamed ? fmt::format("{} and {} more", title, labels.size() - kNamed) : title;
}

// What the model alone tells.
void describe_model(report::Page& page, const Model& model) {
  page.title = title_of(model.labels);
  page.labels = model.labels;
  page.version = PAW_VERSION;
  page.input_width = model.preprocess->width;
  page.input_height = model.preprocess->height;
  std::int64_t used = 0;
  for (const report::ClassRow& row : page.data.classes) used += row.train + row.val + row.test;
  if (page.data.more_classes == 0 && used > 0) {
    page.shape = fmt::format("{} x {} x {} x {}", used, page.input_height, page.input_width,
                             model.preprocess->color == ColorOrder::kGray ? 1 : 3);
  }
}

Result<report::Page> gather(const RunRecord& run, PhotoModel& model, ReportPhotos& photos, bool times,
                            Progress& progress) {
  report::Page page;
  PAW_ASSIGN_OR_RETURN(page.data, data_of(run, photos));
  PAW_ASSIGN_OR_RETURN(std::vector<TestAnswer> answers, answer_test_photos(run, model, photos, kTestSide, progress));
  page.training = training_of(run);
  page.files = files_of(run, model.model());
  PAW_ASSIGN_OR_RETURN(page.journey, journey_of(run, model, page.files, answers, photos, times));
  page.quality = quality_of(run, model.model(), std::move(answers), photos);
  PAW_ASSIGN_OR_RETURN(page.apps, apps_of(run, progress));
  page.parity = parity_of(run);
  PAW_ASSIGN_OR_RETURN(page.held_out, held_out_of(run, photos));
  describe_model(page, model.model());
  page.stages = stages_of(run, page);
  return page;
}

}  // namespace

Result<ReportResult> write_report(const ReportSettings& settings, Progress& progress) {
  const auto begin = Clock::now();
  if (settings.threads < 0 || settings.threads > 256) {
    return fail(ErrorCode::kUsage, "paw report", "--threads must be 0 to 256");
  }
  PAW_ASSIGN_OR_RETURN(RunRecord run, RunRecord::read(settings.run));
  run.reproducible = run.reproducible || settings.reproducible;
  PAW_ASSIGN_OR_RETURN(fs::path folder, photo_folder(run, settings));
  PAW_ASSIGN_OR_RETURN(PhotoModel model,
                       PhotoModel::load((run.folder / "model.paw").string(), thread_count(settings.threads)));
  ReportPhotos photos(std::move(folder), progress);
  PAW_ASSIGN_OR_RETURN(const report::Page page, gather(run, model, photos, !run.reproducible, progress));
  const std::string html = render(page);
  ReportResult result{.run = settings.run,
                      .file = (run.folder / "report.html").string(),
                      .bytes = html.size(),
                      .pictures = photos.decoded(),
                      .not_done = {}};
  for (const report::Stage& stage : page.stages) {
    if (!stage.done) result.not_done.push_back(stage.name);
  }
  PAW_RETURN_IF_ERROR(write_file(result.file, html));
  result.seconds = seconds_since(begin);
  return result;
}

Json to_json(const ReportResult& r) {
  return {{"run", r.run},           {"file", r.file},         {"bytes", r.bytes},
          {"pictures", r.pictures}, {"not_done", r.not_done}, {"seconds", r.seconds}};
}

std::string to_text(const ReportResult& r) {
  std::string text = fmt::format("report {}, {}\n", printable(r.file), human_bytes(r.bytes));
  if (!r.not_done.empty()) text += fmt::format("  without: {}\n", fmt::join(r.not_done, ", "));
  if (r.pictures == 0) text += "  without pictures: name the photos with --photos\n";
  return text;
}

}  // namespace paw
