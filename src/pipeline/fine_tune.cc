#include "pipeline/fine_tune.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/file.h"
#include "host/sha256.h"
#include "host/text.h"
#include "passes/export_form.h"
#include "pipeline/calibrate.h"
#include "pipeline/optimize_photos.h"
#include "pipeline/out_of_fold.h"
#include "pipeline/photo_store.h"
#include "pipeline/student_classifier.h"
#include "pipeline/train.h"
#include "train/evaluate.h"
#include "train/novelty.h"
#include "train/teacher.h"
#include "train/training_form.h"
#include "train/transfer.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kShrunkEpochs = 4, kSimulatedEpochs = 4, kNewEpochs = 40;
constexpr double kLeastGain = 1e-4;  // of the loss: less is noise

// docs/optimize.md has what was tried.
TrainSettings student_settings(const FineTuneSettings& settings, Student student) {
  TrainSettings out{.epochs = epochs_for(settings, student),
                    .batch = settings.batch,
                    .seed = static_cast<std::uint64_t>(settings.seed),
                    .threads = settings.threads,
                    .learning_rate = 3e-4,
                    .warm_up = 0.5};
  out.step.optimizer = AdamAttrs{.weight_decay = 0.01};
  out.step.relative_steps = student != Student::kNew;
  out.step.freeze_statistics = student == Student::kShrunk;
  if (student == Student::kSimulated) out.learning_rate = 1e-4;
  if (student != Student::kNew) return out;
  out.step.temperature = 2;
  out.step.hint_weight = 2;
  out.learning_rate = 0.002;
  out.warm_up = 1;
  out.step.optimizer = AdamAttrs{.weight_decay = 0.02};
  out.step.statistics_momentum = 0.95;
  out.step.clip_norm = 5;
  return out;
}

std::vector<LabelledPhoto> decodable(const std::vector<fs::path>& files, PhotoCache& cache, Progress& progress) {
  std::vector<LabelledPhoto> out;
  progress.start("reading photos", static_cast<std::uint64_t>(files.size()), "photos");
  for (const fs::path& file : files) {
    const auto bytes = map_file(file);
    LabelledPhoto photo{.path = file, .sha256 = bytes ? to_hex(sha256(bytes->span())) : std::string{}};
    const auto image = cache.read(photo.path, photo.sha256);
    if (image) {
      out.push_back(std::move(photo));
    } else {
      progress.warn("left out: " + image.error().text());
    }
    progress.advance();
  }
  progress.finish();
  return out;
}

bool takes_hints(const Model& student, const Teacher& teacher) {
  const ValueId features = features_of(student.graph);
  return features.valid() && student.graph.type(features).shape.back() == teacher.hint_width();
}

std::unique_ptr<TaughtExamples> taught(const ExampleSource& photos, const Teacher& teacher, double temperature = 1) {
  return std::make_unique<TaughtExamples>(photos, teacher, temperature);
}

}  // namespace

struct FineTuner::State {
  FineTuneSettings settings;
  Progress& progress;
  bool novelty = false;  // has the teacher one?
  std::unique_ptr<PhotoStore> store;
  std::unique_ptr<PhotoExamples> learning, plain, tuning;  // of the photos to learn from also without augmentation
  std::unique_ptr<Teacher> teacher;
  TrainHistory history;

  Status read_photos(const Preprocess& preprocess, const std::vector<fs::path>& learning_files,
                     const std::vector<fs::path>& tuning_files);
  Result<Model> trained(const Model& student, Student kind, std::int64_t epochs);
  // Where training of the whole begins: a model and its cross-entropy over the tuning photos.
  struct Start {
    Model model;
    double loss = 0;
  };
  Result<Start> new_classifier(const Model& student, double loss, const TrainPhotosEvents& events);
  Result<Model> with_new_novelty(const Model& student);
};

Status FineTuner::State::read_photos(const Preprocess& preprocess, const std::vector<fs::path>& learning_files,
                                     const std::vector<fs::path>& tuning_files) {
  store = std::make_unique<PhotoStore>(preprocess);
  const std::vector<LabelledPhoto> learn = decodable(learning_files, store->photos(), progress);
  const std::vector<LabelledPhoto> tune = decodable(tuning_files, store->photos(), progress);
  if (learn.size() < kFewestLearning || tune.size() < kFewestTuning) {
    return fail(
        ErrorCode::kBadData, "fine-tuning",
        fmt::format("{} photos to learn from and {} to tell the best epoch by can be decoded; {} and {} at least "
                    "are needed",
                    learn.size(), tune.size(), kFewestLearning, kFewestTuning),
        "the warnings say what is wrong with the others");
  }
  PhotoExamples::Settings how{.preprocess = preprocess,
                              .classes = teacher->classes(),
                              .augmentation = {},
                              .seed = static_cast<std::uint64_t>(settings.seed)};
  PAW_ASSIGN_OR_RETURN(plain, PhotoExamples::create(learn, how, store->photos()));
  PAW_ASSIGN_OR_RETURN(tuning, PhotoExamples::create(tune, how, store->photos()));
  how.augmentation = Augmentation{};
  PAW_ASSIGN_OR_RETURN(learning, PhotoExamples::create(learn, how, store->photos()));
  return {};
}

Result<Model> FineTuner::State::trained(const Model& student, Student kind, std::int64_t epochs) {
  TrainSettings how = student_settings(settings, kind);
  if (epochs > 0) how.epochs = epochs;
  if (!takes_hints(student, *teacher)) how.step.hint_weight = 0;
  const auto learn = taught(*learning, *teacher, how.step.temperature), judge = taught(*tuning, *teacher);
  PAW_ASSIGN_OR_RETURN(const Evaluation before, evaluate(student, *judge, {.batch = 32, .threads = settings.threads}));
  progress.note(fmt::format("fine-tuning on {} photos; before it, {} others: loss {:.4f}, {:.1f} % as the float model",
                            learn->size(), judge->size(), before.loss, before.accuracy * 100));
  history = {};
  const TrainPhotosEvents events = show_on(progress);
  PAW_ASSIGN_OR_RETURN(const Start start, kind == Student::kShrunk ? new_classifier(student, before.loss, events)
                                                                   : Result<Start>(Start{student, before.loss}));
  const std::int64_t epochs_before = history.rows.empty() ? 0 : history.rows.back().epoch;
  const Phase phase{.name = "fine-tuning",
                    .settings = how,
                    .epochs_before = epochs_before,
                    .epoch_done = [&](const TrainHistory& seen) -> Status {
                      events.epoch_done(seen.rows.back());
                      return {};
                    },
                    .note = events.note};
  PAW_ASSIGN_OR_RETURN(Model best, run_epochs(phase, start.model, *learn, *judge, history, progress));
  const double least = std::min(before.loss, start.loss);
  if (history.best.loss < least * (1 - kLeastGain)) return best;
  if (start.loss < before.loss) return start.model;
  progress.note(
      fmt::format("fine-tuning brought it no nearer to the float model (loss {:.4f}, before {:.4f}): it stays as "
                  "it was",
                  history.best.loss, before.loss));
  return student;
}

// The student under a new classifier. Training of the whole goes on from there even where it answers worse than what
// the student had: from what was fitted to its features by squares, training of the whole leads nowhere.
Result<FineTuner::State::Start> FineTuner::State::new_classifier(const Model& student, double loss,
                                                                 const TrainPhotosEvents& events) {
  if (!feature_graph(student)) return Start{student, loss};
  const auto unchanged = taught(*plain, *teacher), augmented = taught(*learning, *teacher),
             judge = taught(*tuning, *teacher);
  PAW_ASSIGN_OR_RETURN(Model model, with_taught_classifier(student, {*unchanged, *augmented, *judge},
                                                           static_cast<std::uint64_t>(settings.seed), settings.threads,
                                                           events, history, progress));
  events.note(fmt::format("a new classifier on its features: loss {:.4f}, before {:.4f}", history.best.loss, loss));
  return Start{std::move(model), history.best.loss};
}

// As training fits it, with the tuning photos for those held out.
Result<Model> FineTuner::State::with_new_novelty(const Model& student) {
  PAW_ASSIGN_OR_RETURN(const Graph features, feature_graph(student));
  const std::int64_t width = features.type(features.outputs[0]).shape[1];
  const RunSettings run{.batch = 32, .threads = settings.threads};
  const auto each = [&](const ExampleSource& photos, const std::function<void(std::span<const float>)>& take) {
    return run_examples(features, photos, 0, run, [&](std::int64_t, std::span<const float> rows, auto) -> Status {
      const auto step = static_cast<std::size_t>(width);
      for (std::size_t at = 0; at < rows.size(); at += step) take(rows.subspan(at, step));
      return {};
    });
  };
  FeatureMoments moments(width);
  PAW_RETURN_IF_ERROR(each(*plain, [&](std::span<const float> row) { moments.add(row); }));
  Novelty fitted = Novelty::fit(moments, kNoveltyDirections);
  std::vector<double> distances;
  PAW_RETURN_IF_ERROR(each(*tuning, [&](std::span<const float> row) { distances.push_back(fitted.distance(row)); }));
  fitted.limit = novelty_limit(std::move(distances));
  if (!(fitted.limit > 0)) return student;
  return with_novelty(student, fitted);
}

FineTuner::FineTuner(std::unique_ptr<State> state) : state_(std::move(state)) {}
FineTuner::~FineTuner() = default;
FineTuner::FineTuner(FineTuner&&) noexcept = default;
FineTuner& FineTuner::operator=(FineTuner&&) noexcept = default;

Result<FineTuner> FineTuner::create(const Model& teacher, const std::vector<fs::path>& learning,
                                    const std::vector<fs::path>& tuning, const FineTuneSettings& settings,
                                    Progress& progress) {
  PAW_RETURN_IF_ERROR(check(settings));
  PAW_ASSIGN_OR_RETURN(const Preprocess preprocess, photo_preprocess(teacher, "fine-tuning"));
  const std::optional<Model> bare = without_novelty(teacher);
  std::unique_ptr<State> state(new State{.settings = settings, .progress = progress, .novelty = bare.has_value()});
  PAW_ASSIGN_OR_RETURN(Teacher made, Teacher::create(bare ? *bare : teacher));
  state->teacher = std::make_unique<Teacher>(std::move(made));
  PAW_RETURN_IF_ERROR(state->read_photos(preprocess, learning, tuning));
  return FineTuner(std::move(state));
}

const TrainHistory& FineTuner::history() const { return state_->history; }

Result<Model> FineTuner::tune(const Model& student, Student kind, std::int64_t epochs) {
  // A novelty says how far a photo is from the training photos by the features of the very net that it was fitted to.
  const std::optional<Model> bare = without_novelty(student);
  PAW_ASSIGN_OR_RETURN(Model model, state_->trained(bare ? *bare : student, kind, epochs));
  if (kind == Student::kSimulated) return model;
  if (state_->novelty) {
    PAW_ASSIGN_OR_RETURN(model, state_->with_new_novelty(model));
  }
  return export_form(model);
}

Status check(const FineTuneSettings& settings) {
  const auto usage = [](const char* message) { return fail(ErrorCode::kUsage, "paw optimize", message); };
  if (settings.epochs < 0 || settings.epochs > 1000) return usage("--epochs must be 1 to 1000");
  if (settings.seed < 0) return usage("--seed must be 0 or more");
  return {};
}

std::int64_t epochs_for(const FineTuneSettings& settings, Student student) {
  if (settings.epochs > 0) return settings.epochs;
  switch (student) {
    case Student::kShrunk: return kShrunkEpochs;
    case Student::kSimulated: return kSimulatedEpochs;
    case Student::kNew: break;
  }
  return kNewEpochs;
}

}  // namespace paw
