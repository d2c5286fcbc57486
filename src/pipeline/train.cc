#include "pipeline/train.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <thread>

#include "formats/paw/paw_file.h"
#include "host/file.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "pipeline/backbone.h"
#include "pipeline/photo_data.h"
#include "pipeline/run_folder.h"
#include "train/trainer.h"
#include "train/transfer.h"

namespace paw {

namespace {

constexpr std::string_view kBackbone = "efficientnet-lite0";
constexpr std::int64_t kViews = 3;  // of each training photo, for transfer: the plain one and two augmented
constexpr std::uint64_t kCacheBytes = 8'000'000'000;

// Features of photos, computed once: one row per view and photo.
class FeatureExamples final : public ExampleSource {
 public:
  FeatureExamples(std::vector<float> features, std::vector<float> targets, std::int64_t count)
      : features_(std::move(features)), targets_(std::move(targets)), count_(count) {}
  std::int64_t size() const override { return count_; }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override {
    const auto views = static_cast<std::int64_t>(features_.size() / input.size()) / count_;
    const std::int64_t row = epoch % views * count_ + index;
    copy(features_, row, input);
    copy(targets_, row, target);
    return {};
  }

 private:
  static void copy(const std::vector<float>& from, std::int64_t row, std::span<float> to) {
    std::ranges::copy(std::span<const float>(from).subspan(static_cast<std::size_t>(row) * to.size(), to.size()),
                      to.begin());
  }
  std::vector<float> features_, targets_;
  std::int64_t count_;
};

class TrainRun {
 public:
  TrainRun(const TrainPhotosSettings& settings, Progress& progress, const TrainPhotosEvents& events)
      : settings_(settings), progress_(progress), events_(events), blobs_(blob_folder(), kCacheBytes) {}

  Result<TrainPhotosResult> run() {
    PAW_RETURN_IF_ERROR(check());
    PAW_RETURN_IF_ERROR(make_run_folder(settings_.out, settings_.force));
    PAW_RETURN_IF_ERROR(choose_model());
    PhotoCache cache(blobs_, model_.preprocess);
    PAW_ASSIGN_OR_RETURN(data_,
                         load_photo_data(settings_.photos, path("manifest.csv"), cache, seed(), threads_, progress_));
    result_.labels = data_.labels;
    result_.train = std::ssize(data_.train);
    result_.val = std::ssize(data_.val);
    result_.test = std::ssize(data_.test);
    result_.left_out = data_.left_out;
    say(fmt::format("{} for training, {} for validation, {} for the test; {} left out", result_.train, result_.val,
                    result_.test, result_.left_out));
    PAW_RETURN_IF_ERROR(transfer_ ? train_classifier(cache) : train_net(cache));
    PAW_RETURN_IF_ERROR(finish(cache));
    return std::move(result_);
  }

 private:
  static std::filesystem::path blob_folder() {
    const std::filesystem::path folder = cache_folder();
    return folder.empty() ? folder : folder / "photos";
  }
  std::string path(const char* name) const { return (std::filesystem::path(settings_.out) / name).string(); }
  std::uint64_t seed() const { return static_cast<std::uint64_t>(settings_.seed); }
  void say(const std::string& text) const {
    if (events_.note) events_.note(text);
  }

  Status check() {
    const auto within = [](std::int64_t v, std::int64_t low, std::int64_t high) { return v >= low && v <= high; };
    if (!within(settings_.epochs, 1, 100'000))
      return fail(ErrorCode::kUsage, "paw train", "--epochs must be 1 to 100000");
    if (!within(settings_.batch, 1, kMaxNetBatch))
      return fail(ErrorCode::kUsage, "paw train", "--batch must be 1 to 4096");
    if (!within(settings_.threads, 0, 256)) return fail(ErrorCode::kUsage, "paw train", "--threads must be 0 to 256");
    const auto all = std::max(1u, std::thread::hardware_concurrency());
    threads_ = settings_.threads == 0 ? static_cast<int>(all) : static_cast<int>(settings_.threads);
    return {};
  }

  // Transfer when a backbone is asked for, or is there and no net is asked for.
  Status choose_model() {
    const std::string name = settings_.backbone.empty() ? std::string(kBackbone) : settings_.backbone;
    const BackboneInfo* backbone = settings_.net.empty() && name != "none" ? find_backbone(name) : nullptr;
    transfer_ = backbone != nullptr && (has_backbone(*backbone) || !settings_.backbone.empty());
    if (transfer_) {
      PAW_ASSIGN_OR_RETURN(model_, load_backbone(name));
      result_.way = "transfer from " + name;
    } else {
      if (backbone != nullptr)
        say("the pretrained backbone is not here (setup/backbone fetches it): training from scratch");
      const std::string net = settings_.net.empty() ? "pawnet" : settings_.net;
      PAW_ASSIGN_OR_RETURN(model_, build_net(net, {.size = settings_.size, .seed = seed()}));
      net_ = net;
      result_.way = net + " from scratch";
    }
    say(result_.way);
    return {};
  }

  Result<std::unique_ptr<PhotoExamples>> examples(const std::vector<LabelledPhoto>& photos, PhotoCache& cache,
                                                  bool augmented) const {
    PhotoExamples::Settings settings{.preprocess = model_.preprocess,
                                     .classes = std::ssize(data_.labels),
                                     .augmentation = {},
                                     .plain_epoch = transfer_ ? 0 : -1,
                                     .seed = seed()};
    if (augmented) settings.augmentation = Augmentation{};
    return PhotoExamples::create(photos, settings, cache);
  }

  Status train_net(PhotoCache& cache) {
    PAW_ASSIGN_OR_RETURN(
        model_, build_net(net_, {.size = settings_.size, .classes = std::ssize(data_.labels), .seed = seed()}));
    PAW_ASSIGN_OR_RETURN(const auto train, examples(data_.train, cache, true));
    PAW_ASSIGN_OR_RETURN(const auto val, examples(data_.val, cache, false));
    TrainSettings settings = base_settings();
    settings.learning_rate = 0.002;
    settings.warm_up = 0.3;
    settings.step.optimizer = AdamAttrs{.weight_decay = 0.02};
    settings.step.label_smoothing = 0.05;
    settings.step.statistics_momentum = 0.95;
    settings.step.clip_norm = 5;
    return epochs(model_, settings, *train, *val);
  }

  Status train_classifier(PhotoCache& cache) {
    PAW_ASSIGN_OR_RETURN(const Graph features, feature_graph(model_));
    const std::int64_t width = features.type(features.outputs[0]).shape[1];
    PAW_ASSIGN_OR_RETURN(const FeatureExamples train, features_of(features, data_.train, cache, kViews));
    PAW_ASSIGN_OR_RETURN(const FeatureExamples val, features_of(features, data_.val, cache, 1));
    PAW_ASSIGN_OR_RETURN(const Model head, classifier(width, std::ssize(data_.labels), 0.2, seed()));
    TrainSettings settings = base_settings();
    settings.learning_rate = 1e-3;
    settings.step.optimizer = AdamAttrs{.weight_decay = 0.01};
    const Model backbone = model_;
    PAW_RETURN_IF_ERROR(epochs(head, settings, train, val));
    PAW_ASSIGN_OR_RETURN(model_, with_classifier(backbone, model_));
    return {};
  }

  TrainSettings base_settings() const {
    return {.epochs = settings_.epochs, .batch = settings_.batch, .seed = seed(), .threads = threads_};
  }

  Result<FeatureExamples> features_of(const Graph& graph, const std::vector<LabelledPhoto>& photos, PhotoCache& cache,
                                      std::int64_t views) {
    PAW_ASSIGN_OR_RETURN(const auto source, examples(photos, cache, views > 1));
    std::vector<float> features, targets;
    progress_.start("features", static_cast<std::uint64_t>(views * source->size()), "photos");
    for (std::int64_t view = 0; view < views; ++view) {
      std::int64_t before = 0;
      const RunSettings settings{.epoch = view, .batch = 32, .threads = threads_, .progress = [&](std::int64_t done) {
                                   progress_.advance(static_cast<std::uint64_t>(done - before));
                                   before = done;
                                 }};
      PAW_ASSIGN_OR_RETURN(const RunResult run, run_examples(graph, *source, std::ssize(data_.labels), settings));
      features.insert(features.end(), run.outputs.begin(), run.outputs.end());
      targets.insert(targets.end(), run.targets.begin(), run.targets.end());
    }
    progress_.finish();
    return FeatureExamples(std::move(features), std::move(targets), source->size());
  }

  // Trains `start` and leaves the model of the best epoch (by validation loss) in model_.
  Status epochs(const Model& start, const TrainSettings& settings, const ExampleSource& train,
                const ExampleSource& val) {
    PAW_ASSIGN_OR_RETURN(Trainer trainer, Trainer::create(start, settings, train.size()));
    MetricsFile metrics(path("metrics.csv"));
    double best = 0;
    for (std::int64_t i = 0; i < settings.epochs; ++i) {
      std::int64_t before = 0;
      progress_.start(fmt::format("epoch {} of {}", i + 1, settings.epochs), static_cast<std::uint64_t>(train.size()),
                      "photos");
      PAW_ASSIGN_OR_RETURN(const EpochSummary epoch, trainer.run_epoch(train, [&](std::int64_t done, std::int64_t) {
        progress_.advance(static_cast<std::uint64_t>(done - before));
        before = done;
      }));
      progress_.finish();
      const Model model = trainer.model(false);
      PAW_ASSIGN_OR_RETURN(const Evaluation seen, evaluate(model, val, {.batch = 32, .threads = threads_}));
      EpochRow row{.epoch = epoch.epoch,
                   .loss = epoch.loss,
                   .accuracy = epoch.accuracy,
                   .val_loss = seen.loss,
                   .val_accuracy = seen.accuracy,
                   .learning_rate = epoch.learning_rate,
                   .seconds = epoch.seconds};
      row.images_per_s = static_cast<double>(train.size()) / std::max(epoch.seconds, 1e-9);
      result_.epochs.push_back(row);
      PAW_RETURN_IF_ERROR(metrics.add(row));
      if (events_.epoch_done) events_.epoch_done(row);
      if (result_.best_epoch == 0 || seen.loss < best) {
        best = seen.loss;
        result_.best_epoch = row.epoch;
        model_ = model;
      }
    }
    return {};
  }

  // Writes the model, reads it again and tests that one.
  Status finish(PhotoCache& cache) {
    model_.labels = data_.labels;
    for (const auto& [photos, split] : {std::pair(&data_.train, Split::kTrain), std::pair(&data_.val, Split::kVal),
                                        std::pair(&data_.test, Split::kTest)}) {
      for (const LabelledPhoto& photo : *photos) {
        if (const auto hash = sha256_from_hex(photo.sha256)) model_.provenance.photos.push_back({*hash, split});
      }
    }
    std::ranges::sort(model_.provenance.photos, {}, &SeenPhoto::sha256);
    const auto same = std::ranges::unique(model_.provenance.photos, {}, &SeenPhoto::sha256);
    model_.provenance.photos.erase(same.begin(), same.end());
    PAW_ASSIGN_OR_RETURN(const Bytes bytes, write_paw(model_));
    result_.run = settings_.out;
    result_.model = path("model.paw");
    PAW_RETURN_IF_ERROR(write_file(result_.model, bytes.span()));
    PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(result_.model));
    PAW_ASSIGN_OR_RETURN(const Model again, read_paw(file, result_.model, find_op));
    PAW_ASSIGN_OR_RETURN(const auto test, examples(data_.test, cache, false));
    PAW_ASSIGN_OR_RETURN(const Evaluation seen, evaluate(again, *test, {.batch = 32, .threads = threads_}));
    result_.report = classification_report(seen, data_.labels);
    return {};
  }

  const TrainPhotosSettings& settings_;
  Progress& progress_;
  const TrainPhotosEvents& events_;
  BlobCache blobs_;
  int threads_ = 1;
  bool transfer_ = false;
  std::string net_;
  Model model_;
  PhotoData data_;
  TrainPhotosResult result_;
};

}  // namespace

Result<TrainPhotosResult> train_photos(const TrainPhotosSettings& settings, Progress& progress,
                                       const TrainPhotosEvents& events) {
  return TrainRun(settings, progress, events).run();
}

}  // namespace paw
