#include "pipeline/optimize_photos.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

#include "host/file.h"
#include "host/sha256.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

namespace fs = std::filesystem;
using Files = std::vector<fs::path>;

constexpr std::size_t kMostCalibration = 128;

// What the model knows of photos, by their content.
class Seen {
 public:
  explicit Seen(const Provenance& provenance) : provenance_(provenance) {}

  std::optional<Split> split(const fs::path& file) const {
    if (provenance_.photos.empty()) return std::nullopt;
    const auto bytes = map_file(file);
    return bytes ? provenance_.split_of(sha256(bytes->span())) : std::nullopt;
  }
  bool tuned(const fs::path& file) const {
    const auto found = split(file);
    return found && *found != Split::kTest;
  }

 private:
  const Provenance& provenance_;
};

// Evenly, in an order of which every beginning is spread evenly too, and so is every end: a moving average of ranges
// forgets the first examples.
Files spread(const Files& files) {
  constexpr double kGoldenRatio = 0.6180339887498949;
  const std::size_t count = std::min(files.size(), kMostCalibration);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [](std::size_t i) { return std::fmod(static_cast<double>(i) * kGoldenRatio, 1.0); });
  Files out;
  for (const std::size_t i : order) out.push_back(files[i * files.size() / count]);
  return out;
}

Files of_split(const Files& files, const Seen& seen, Split split) {
  Files out;
  std::ranges::copy_if(files, std::back_inserter(out), [&](const fs::path& file) { return seen.split(file) == split; });
  return out;
}

Files calibration_files(const Files& files, const Seen& seen) {
  const Files trained = of_split(files, seen, Split::kTrain);
  return spread(trained.empty() ? files : trained);
}

Files without(const Files& files, const Files& some) {
  const std::set<fs::path> gone(some.begin(), some.end());
  Files out;
  std::ranges::copy_if(files, std::back_inserter(out), [&](const fs::path& file) { return !gone.contains(file); });
  return out;
}

// Of photos that do not calibrate.
Files validation_files(const Files& files, const Seen& seen) {
  Files tuned, fresh;
  for (const fs::path& file : files) {
    const auto split = seen.split(file);
    if (split == Split::kVal) tuned.push_back(file);
    if (!split) fresh.push_back(file);
  }
  if (!tuned.empty()) return tuned;
  for (std::size_t i = 1; i < fresh.size(); i += 2) tuned.push_back(fresh[i]);
  return tuned;
}

// Moves a share of `from`, evenly spread, to `to`.
void take_some(Files& from, Files& to, std::size_t count) {
  Files rest;
  std::size_t taken = 0;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const bool take = taken < count && i >= taken * from.size() / count;
    taken += take ? 1 : 0;
    (take ? to : rest).push_back(std::move(from[i]));
  }
  from = std::move(rest);
}

Status choose_learning(const Provenance& provenance, const Seen& seen, const Files& files, const std::string& evaluate,
                       OptimizePhotos& out) {
  if (!provenance.photos.empty()) {
    out.learning = of_split(files, seen, Split::kTrain);
    out.tuning = of_split(files, seen, Split::kVal);
  } else if (evaluate.empty()) {
    return fail(
        ErrorCode::kUsage, "fine-tuning",
        "the model does not carry the hashes of its training photos: all of --calibrate would train it, and none "
        "be left to judge it",
        "give others with --evaluate PHOTOS");
  } else {
    PAW_ASSIGN_OR_RETURN(const Files judging, photo_files(evaluate));
    out.learning = without(files, judging);
  }
  if (out.tuning.size() < kFewestTuning) {
    take_some(out.learning, out.tuning, std::max(kFewestTuning, out.learning.size() / 10));
  }
  if (out.learning.size() >= kFewestLearning) return {};
  return fail(ErrorCode::kBadData, "fine-tuning",
              fmt::format("has {} photos to learn from, {} at least are needed", out.learning.size(), kFewestLearning),
              provenance.photos.empty()
                  ? "give more with --calibrate"
                  : "give --calibrate the photos that the model was trained on: it learns from them alone");
}

}  // namespace

Result<OptimizePhotos> choose_optimize_photos(const Model& model, const std::string& calibrate,
                                              const std::string& evaluate, WantedPhotos wanted) {
  OptimizePhotos out;
  if (calibrate.empty() && evaluate.empty()) {
    PAW_ASSIGN_OR_RETURN(out.evaluation, trial_photos(std::string{}));
    out.notes.emplace_back("judged on 32 drawn cats and dogs; --evaluate takes photos of your own");
    return out;
  }
  const Seen seen(model.provenance);
  Files tuning;
  if (!calibrate.empty()) {
    PAW_ASSIGN_OR_RETURN(const Files files, photo_files(calibrate));
    tuning = calibration_files(files, seen);
    out.calibration = trial_photos(tuning);
    if (wanted.validation) {
      const Files validation = validation_files(without(files, tuning), seen);
      out.validation = trial_photos(validation.empty() ? files : validation);
      tuning.insert(tuning.end(), validation.begin(), validation.end());
    }
    if (wanted.learning) {
      PAW_RETURN_IF_ERROR(choose_learning(model.provenance, seen, files, evaluate, out));
      tuning.insert(tuning.end(), out.learning.begin(), out.learning.end());
      tuning.insert(tuning.end(), out.tuning.begin(), out.tuning.end());
    }
  }
  if (!wanted.evaluation.empty()) {
    out.evaluation = trial_photos(std::move(wanted.evaluation));
    return out;
  }
  PAW_ASSIGN_OR_RETURN(const Files all, photo_files(evaluate.empty() ? calibrate : evaluate));
  Files judging = without(all, tuning);
  std::erase_if(judging, [&](const fs::path& file) { return seen.tuned(file); });
  if (judging.empty()) {
    judging = all;
    out.notes.push_back(
        fmt::format("judged on the {} photos that the model was made with, since there are no others: "
                    "--evaluate takes photos that it has not seen",
                    all.size()));
  } else if (judging.size() < all.size()) {
    out.notes.push_back(fmt::format("judged on {} photos; {} that the model was made with are left out", judging.size(),
                                    all.size() - judging.size()));
  }
  out.evaluation = trial_photos(std::move(judging));
  return out;
}

Result<CalibrationSet> calibration_set(const Model& model, TrialPhotos& photos, Progress& progress) {
  PAW_ASSIGN_OR_RETURN(const Preprocess record, photo_preprocess(model, "calibration"));
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(record));
  CalibrationSet set{.shape = model.graph.type(model.graph.inputs[0]).shape, .values = {}};
  progress.start("reading photos", static_cast<std::uint64_t>(photos.size()), "photos");
  for (std::int64_t i = 0; i < photos.size(); ++i, progress.advance()) {
    const auto photo = photos.read(i);
    if (!photo) {
      progress.warn("left out: " + photo.error().text());
      continue;
    }
    PAW_RETURN_IF_ERROR(preprocessor.run(photo->image, set.add(), photo->name));
  }
  progress.finish();
  if (set.size() > 0) return set;
  return fail(ErrorCode::kBadData, "calibration", "not one photo can be decoded",
              "the warnings say why; convert them to JPEG or PNG");
}

}  // namespace paw
