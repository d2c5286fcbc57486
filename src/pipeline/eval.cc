#include "pipeline/eval.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <mutex>
#include <thread>

#include "host/blob_cache.h"
#include "host/text.h"
#include "pipeline/load.h"
#include "vision/photo_cache.h"

namespace paw {

namespace {

constexpr std::size_t kMostWarnings = 20;

// Another source's examples, but one that cannot be read is empty and kept in mind instead of ending the run. Counts
// progress.
class TolerantExamples final : public ExampleSource {
 public:
  TolerantExamples(const ExampleSource& source, Progress& progress)
      : source_(source), progress_(progress), read_(static_cast<std::size_t>(source.size())) {}

  std::int64_t size() const override { return source_.size(); }

  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override {
    const Status status = source_.read(index, epoch, input, target);
    const std::scoped_lock lock(mutex_);
    if (!read_[static_cast<std::size_t>(index)]) progress_.advance();
    read_[static_cast<std::size_t>(index)] = true;
    if (status) return {};
    if (status.error().code != ErrorCode::kBadData && status.error().code != ErrorCode::kIo) return status;
    std::ranges::fill(input, 0.0f);
    failed_.emplace(index, status.error().message);
    return {};
  }

  const std::map<std::int64_t, std::string>& failed() const { return failed_; }

 private:
  const ExampleSource& source_;
  Progress& progress_;
  mutable std::mutex mutex_;  // for what follows, and progress_
  mutable std::vector<bool> read_;
  mutable std::map<std::int64_t, std::string> failed_;
};

// What `all` would be without the examples that failed.
Evaluation without(Evaluation all, const std::map<std::int64_t, std::string>& failed) {
  if (failed.empty()) return all;
  const auto classes = static_cast<std::size_t>(all.classes);
  std::size_t kept = 0;
  double loss = 0, right = 0;
  for (std::size_t i = 0; i < all.predicted.size(); ++i) {
    if (failed.contains(static_cast<std::int64_t>(i))) continue;
    std::copy_n(all.scores.data() + i * classes, classes, all.scores.data() + kept * classes);
    all.predicted[kept] = all.predicted[i];
    all.expected[kept] = all.expected[i];
    const float own = all.scores[kept * classes + static_cast<std::size_t>(all.expected[i])];
    loss -= std::log(std::max<double>(own, 1e-38));  // as evaluate() bounds it
    right += all.predicted[i] == all.expected[i] ? 1 : 0;
    ++kept;
  }
  all.predicted.resize(kept);
  all.expected.resize(kept);
  all.scores.resize(kept * classes);
  const auto count = static_cast<double>(std::max<std::size_t>(kept, 1));
  all.loss = loss / count;
  all.accuracy = right / count;
  return all;
}

// What could not be read goes from the photos to the unusable files.
void drop_failed(EvalPhotos& chosen, const std::map<std::int64_t, std::string>& failed) {
  std::vector<LabelledPhoto> kept;
  for (std::size_t i = 0; i < chosen.photos.size(); ++i) {
    const auto found = failed.find(static_cast<std::int64_t>(i));
    if (found == failed.end()) {
      kept.push_back(std::move(chosen.photos[i]));
    } else {
      chosen.unusable.push_back({chosen.photos[i].path.string(), found->second});
    }
  }
  chosen.photos = std::move(kept);
}

// Requires one photo per answer.
std::vector<Mistake> worst_mistakes(const Evaluation& e, const EvalPhotos& chosen, std::int64_t most) {
  const auto classes = static_cast<std::size_t>(e.classes);
  const auto score = [&](std::size_t i, std::int64_t c) { return e.scores[i * classes + static_cast<std::size_t>(c)]; };
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < e.predicted.size(); ++i) {
    if (e.predicted[i] != e.expected[i]) wrong.push_back(i);
  }
  std::ranges::sort(wrong, {}, [&](std::size_t i) { return std::pair(-score(i, e.predicted[i]), i); });
  wrong.resize(std::min(wrong.size(), static_cast<std::size_t>(most)));
  std::vector<Mistake> mistakes;
  for (const std::size_t i : wrong) {
    mistakes.push_back({.path = chosen.photos[i].path.string(),
                        .label = chosen.labels[static_cast<std::size_t>(e.expected[i])],
                        .said = chosen.labels[static_cast<std::size_t>(e.predicted[i])],
                        .score = score(i, e.predicted[i]),
                        .label_score = score(i, e.expected[i])});
  }
  return mistakes;
}

// The answers to all photos that can be decoded; the others go to the unusable files. `threads` 0: all processors.
Result<Evaluation> evaluate_usable(const Model& model, std::string_view where, EvalPhotos& chosen, int threads,
                                   Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const Preprocess preprocess, photo_preprocess(model, where));
  if (threads == 0) threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const std::filesystem::path folder = cache_folder();
  BlobCache blobs(folder.empty() ? folder : folder / "photos");
  PhotoCache cache(blobs, preprocess);
  const PhotoExamples::Settings settings{
      .preprocess = preprocess, .classes = std::ssize(chosen.labels), .augmentation = {}};
  PAW_ASSIGN_OR_RETURN(const auto examples, PhotoExamples::create(chosen.photos, settings, cache));
  const TolerantExamples tolerant(*examples, progress);
  progress.start("evaluating", static_cast<std::uint64_t>(tolerant.size()), "photos");
  PAW_ASSIGN_OR_RETURN(Evaluation evaluation, evaluate(model, tolerant, {.batch = 32, .threads = threads}));
  progress.finish();
  drop_failed(chosen, tolerant.failed());
  return without(std::move(evaluation), tolerant.failed());
}

void warn_of(const std::vector<UnusableFile>& unusable, Progress& progress) {
  for (std::size_t i = 0; i < std::min(unusable.size(), kMostWarnings); ++i) {
    progress.warn(fmt::format("{} is left out: {}", printable(unusable[i].path), printable(unusable[i].reason)));
  }
  if (unusable.size() > kMostWarnings) {
    progress.warn(fmt::format("{} more files are left out; --json names all", unusable.size() - kMostWarnings));
  }
}

Status check(const EvalSettings& s) {
  if (s.threads < 0 || s.threads > 256) return fail(ErrorCode::kUsage, "paw eval", "--threads must be 0 to 256");
  if (s.worst < 0) return fail(ErrorCode::kUsage, "paw eval", "--worst must not be negative");
  return {};
}

}  // namespace

Result<EvalResult> eval_model(const EvalSettings& settings, Progress& progress) {
  PAW_RETURN_IF_ERROR(check(settings));
  PAW_ASSIGN_OR_RETURN(const LoadedModel loaded, load_model({.path = settings.model, .net = {}}));
  const Model& model = loaded.model;
  PAW_ASSIGN_OR_RETURN(EvalPhotos chosen, choose_eval_photos(model, settings.photos, settings.split, progress));
  if (!chosen.note.empty()) progress.note(chosen.note);
  const std::int64_t tried = std::ssize(chosen.photos);
  PAW_ASSIGN_OR_RETURN(const Evaluation evaluation, evaluate_usable(model, printable(settings.model), chosen,
                                                                    static_cast<int>(settings.threads), progress));
  warn_of(chosen.unusable, progress);
  if (chosen.photos.empty()) {
    return fail(ErrorCode::kBadData, printable(settings.photos),
                fmt::format("not one of the {} photos can be decoded", tried),
                "the warnings say why; convert them to JPEG or PNG");
  }
  EvalResult result{.model = settings.model, .photos = settings.photos, .split = settings.split};
  result.report = classification_report(evaluation, chosen.labels, model.threshold);
  result.mistakes = worst_mistakes(evaluation, chosen, settings.worst);
  result.known = chosen.known;
  result.left_out = chosen.left_out;
  result.unusable = std::move(chosen.unusable);
  return result;
}

}  // namespace paw
