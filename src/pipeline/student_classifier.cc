#include "pipeline/student_classifier.h"

#include <filesystem>
#include <vector>

#include "host/row_file.h"
#include "train/evaluate.h"
#include "train/transfer.h"

namespace paw {

namespace {

constexpr std::int64_t kStudentViews = 3;  // of each photo to learn from: the plain one and two augmented
constexpr std::int64_t kEpochs = 10;

// What a net makes of photos, and what the teacher said of these.
class TaughtFeatures final : public ExampleSource {
 public:
  static Result<TaughtFeatures> create(std::int64_t photos, std::int64_t views, std::int64_t width,
                                       std::int64_t classes) {
    const auto row = static_cast<std::size_t>(width + classes);
    PAW_ASSIGN_OR_RETURN(RowFile rows, RowFile::create(std::filesystem::temp_directory_path(), row * sizeof(float)));
    return TaughtFeatures(photos, views, static_cast<std::size_t>(width), row, std::move(rows));
  }

  // The next view.
  Status add(const Graph& features, const ExampleSource& photos, std::int64_t epoch, int threads) {
    const std::size_t classes = row_ - width_;
    std::vector<float> row(row_);
    const auto sink = [&](std::int64_t first, std::span<const float> outputs,
                          std::span<const float> targets) -> Status {
      for (std::size_t i = 0; i * width_ < outputs.size(); ++i) {
        std::ranges::copy(outputs.subspan(i * width_, width_), row.begin());
        std::ranges::copy(targets.subspan(i * classes, classes), row.begin() + static_cast<std::ptrdiff_t>(width_));
        const std::int64_t at = filled_ * photos_ + first + static_cast<std::int64_t>(i);
        PAW_RETURN_IF_ERROR(rows_.write(static_cast<std::uint64_t>(at), std::as_bytes(std::span(row))));
      }
      return {};
    };
    PAW_RETURN_IF_ERROR(run_examples(features, photos, static_cast<std::int64_t>(classes),
                                     {.epoch = epoch, .batch = 32, .threads = threads}, sink));
    ++filled_;
    return {};
  }

  std::int64_t size() const override { return photos_; }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override {
    std::vector<float> row(row_);
    const auto at = static_cast<std::uint64_t>(epoch % views_ * photos_ + index);
    PAW_RETURN_IF_ERROR(rows_.read(at, std::as_writable_bytes(std::span(row))));
    std::ranges::copy(std::span(row).first(width_), input.begin());
    std::ranges::copy(std::span(row).subspan(width_, target.size()), target.begin());
    return {};
  }

 private:
  TaughtFeatures(std::int64_t photos, std::int64_t views, std::size_t width, std::size_t row, RowFile rows)
      : photos_(photos), views_(views), width_(width), row_(row), rows_(std::move(rows)) {}

  std::int64_t photos_, views_, filled_ = 0;
  std::size_t width_, row_;
  RowFile rows_;
};

}  // namespace

Result<Model> with_taught_classifier(const Model& student, const TaughtPhotos& photos, std::uint64_t seed, int threads,
                                     const TrainPhotosEvents& events, TrainHistory& history, Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const Graph features, feature_graph(student));
  const std::int64_t width = features.type(features.outputs[0]).shape[1];
  const std::int64_t classes = student.graph.type(student.graph.outputs[0]).shape.back();
  PAW_ASSIGN_OR_RETURN(auto learning, TaughtFeatures::create(photos.plain.size(), kStudentViews, width, classes));
  PAW_RETURN_IF_ERROR(learning.add(features, photos.plain, 0, threads));
  for (std::int64_t view = 1; view < kStudentViews; ++view)
    PAW_RETURN_IF_ERROR(learning.add(features, photos.augmented, view, threads));
  PAW_ASSIGN_OR_RETURN(auto tuning, TaughtFeatures::create(photos.tuning.size(), 1, width, classes));
  PAW_RETURN_IF_ERROR(tuning.add(features, photos.tuning, 0, threads));
  PAW_ASSIGN_OR_RETURN(const Model start, classifier(width, classes, kClassifierDropout, seed));
  TrainSettings settings = classifier_settings();
  settings.epochs = kEpochs;
  settings.seed = seed;
  settings.threads = threads;
  const Phase phase{.name = "classifier",
                    .settings = settings,
                    .epoch_done = [&](const TrainHistory& seen) -> Status {
                      events.epoch_done(seen.rows.back());
                      return {};
                    },
                    .note = events.note};
  PAW_ASSIGN_OR_RETURN(const Model trained, run_epochs(phase, start, learning, tuning, history, progress));
  PAW_ASSIGN_OR_RETURN(const Model joined, with_classifier(student, trained));
  Model out = student;
  out.graph = joined.graph;
  return out;
}

}  // namespace paw
