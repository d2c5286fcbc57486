#include "pipeline/out_of_fold.h"

#include <algorithm>

#include "train/evaluate.h"

namespace paw {

namespace {

// Two sources as one.
class BothExamples final : public ExampleSource {
 public:
  BothExamples(const Features& first, const Features& second) : first_(first), second_(second) {}
  std::int64_t size() const override { return first_.size() + second_.size(); }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override {
    return index < first_.size() ? first_.read(index, epoch, input, target)
                                 : second_.read(index - first_.size(), epoch, input, target);
  }

 private:
  const Features &first_, &second_;
};

// Above every number of a hash.
constexpr std::uint64_t kGroups = std::uint64_t{1} << 60;
// More examples tell no more about mean and covariance of some hundred features, and cost time.
constexpr std::int64_t kMostForMoments = 4000;

std::vector<std::int64_t> fold_of_each(const Features& train, const Features& val, std::int64_t folds,
                                       std::uint64_t seed, std::vector<std::int64_t>& labels) {
  std::vector<std::uint64_t> groups;
  for (const Features* part : {&train, &val}) {
    for (const LabelledPhoto& photo : part->photos()) {
      labels.push_back(photo.label);
      groups.push_back(photo.group ? kGroups + *photo.group : photo_number(photo));
    }
  }
  return stratified_folds(labels, groups, folds, seed);
}

Status score_fold(const ExampleSource& learn, const ExampleSource& judge, std::span<const std::int64_t> places,
                  const Model& classifier, const TrainSettings& settings, std::int64_t epochs, HeldOutScores& scores) {
  PAW_ASSIGN_OR_RETURN(Trainer trainer, Trainer::create(classifier, settings, learn.size()));
  for (std::int64_t epoch = 0; epoch < epochs; ++epoch) PAW_RETURN_IF_ERROR(trainer.run_epoch(learn));
  const RunSettings run{.batch = 32, .threads = settings.threads};
  PAW_ASSIGN_OR_RETURN(const Evaluation seen, evaluate(trainer.model(settings.step.ema > 0), judge, run));
  const auto classes = static_cast<std::size_t>(seen.classes);
  scores.classes = seen.classes;
  scores.scores.resize(scores.expected.size() * classes);
  for (std::size_t k = 0; k < places.size(); ++k) {
    std::ranges::copy(
        std::span(seen.scores).subspan(k * classes, classes),
        scores.scores.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(places[k]) * classes));
  }
  return {};
}

}  // namespace

Result<FeatureMoments> moments_of(const ExampleSource& source, std::int64_t width) {
  FeatureMoments moments(width);
  std::vector<float> row(static_cast<std::size_t>(width));
  const std::int64_t stride = (source.size() + kMostForMoments - 1) / kMostForMoments;
  for (std::int64_t i = 0; i < source.size(); i += stride) {
    PAW_RETURN_IF_ERROR(source.read(i, 0, row, {}));
    moments.add(row);
  }
  return moments;
}

Result<OutOfFold> out_of_fold(const Features& train, const Features& val, std::int64_t width, const Model& classifier,
                              const TrainSettings& settings, std::int64_t epochs, std::int64_t folds,
                              const std::function<void()>& fold_done) {
  const BothExamples all(train, val);
  OutOfFold result{.scores = {},
                   .distances = std::vector<double>(static_cast<std::size_t>(all.size())),
                   .moments = FeatureMoments(width)};
  const auto fold_of = fold_of_each(train, val, folds, settings.seed, result.scores.expected);
  std::vector<std::vector<std::int64_t>> own(static_cast<std::size_t>(folds)), others(own.size());
  std::vector<FeatureMoments> moments;
  for (std::size_t fold = 0; fold < own.size(); ++fold) {
    for (std::int64_t i = 0; i < all.size(); ++i) {
      (fold_of[static_cast<std::size_t>(i)] == std::ssize(moments) ? own : others)[fold].push_back(i);
    }
    PAW_ASSIGN_OR_RETURN(FeatureMoments of_fold, moments_of(SomeExamples(all, own[fold]), width));
    result.moments.add(of_fold);
    moments.push_back(std::move(of_fold));
  }
  std::vector<float> row(static_cast<std::size_t>(width));
  for (std::size_t fold = 0; fold < own.size(); ++fold) {
    if (own[fold].empty() || others[fold].empty()) continue;
    const SomeExamples learn(all, others[fold]), judge(all, own[fold]);
    PAW_RETURN_IF_ERROR(score_fold(learn, judge, own[fold], classifier, settings, epochs, result.scores));
    FeatureMoments rest = result.moments;
    rest.subtract(moments[fold]);
    const Novelty novelty = Novelty::fit(rest, kNoveltyDirections);
    for (const std::int64_t i : own[fold]) {
      PAW_RETURN_IF_ERROR(all.read(i, 0, row, {}));
      result.distances[static_cast<std::size_t>(i)] = novelty.distance(row);
    }
    fold_done();
  }
  return result;
}

}  // namespace paw
