#include "pipeline/compare.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "pipeline/net_runner.h"
#include "train/calibration.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

constexpr std::int64_t kNumberRuns = 16;

std::size_t best(std::span<const float> scores) {
  return static_cast<std::size_t>(std::ranges::max_element(scores) - scores.begin());
}

// One of the two, ready to answer.
class Answerer {
 public:
  static Result<Answerer> create(const ComparedModel& compared, int threads) {
    PAW_ASSIGN_OR_RETURN(NetRunner net, runner_of(compared, threads));
    Answerer answerer(compared, std::move(net));
    if (!compared.model.preprocess) return answerer;
    PAW_ASSIGN_OR_RETURN(answerer.preprocessor_, Preprocessor::create(*compared.model.preprocess));
    return answerer;
  }

  NetRunner& net() { return net_; }

  // Scores at the model's temperature.
  Result<std::vector<float>> answer(const TrialPhoto& photo) {
    PAW_RETURN_IF_ERROR(preprocessor_->run(photo.image, net_.input(), photo.name));
    net_.run();
    const auto raw = net_.scores();
    std::vector<float> scores(raw.begin(), raw.end());
    apply_temperature(scores, temperature_);
    return scores;
  }

  // The label's class, if the model has such a label; where it has none, labels are class numbers.
  std::optional<std::size_t> index(const std::string& label) {
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(label.data(), label.data() + label.size(), number);
    const bool is_number = error == std::errc{} && end == label.data() + label.size() && !label.empty();
    if (labels_->empty() && is_number && number < net_.scores().size()) return number;
    const auto found = std::ranges::find(*labels_, label);
    if (found == labels_->end()) return std::nullopt;
    return static_cast<std::size_t>(found - labels_->begin());
  }

 private:
  Answerer(const ComparedModel& compared, NetRunner net)
      : net_(std::move(net)), temperature_(compared.model.temperature), labels_(&compared.model.labels) {}

  NetRunner net_;
  std::optional<Preprocessor> preprocessor_;
  double temperature_;
  const std::vector<std::string>* labels_;
};

// Sums up differences of scores.
class Tally {
 public:
  explicit Tally(Comparison& into) : into_(into) {}

  // Returns the largest difference. NaN on one side only counts as infinitely far apart.
  double add(std::span<const float> a, std::span<const float> b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      double difference = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
      if (std::isnan(difference)) difference = std::isnan(a[i]) && std::isnan(b[i]) ? 0 : HUGE_VAL;
      largest = std::max(largest, difference);
      sum_ += difference;
    }
    count_ += a.size();
    return largest;
  }

  void finish_image(double largest, bool agrees, const std::string& name) {
    ++into_.images;
    into_.total_variation = sum_ / 2 / static_cast<double>(into_.images);
    into_.agree += agrees ? 1 : 0;
    if (largest > into_.max_abs_diff || into_.worst.empty()) into_.worst = name;
    into_.max_abs_diff = std::max(into_.max_abs_diff, largest);
    into_.mean_abs_diff = count_ == 0 ? 0 : sum_ / static_cast<double>(count_);
  }

 private:
  Comparison& into_;
  double sum_ = 0;
  std::size_t count_ = 0;
};

Status check_alike(const ComparedModel& a, const ComparedModel& b, Answerer& first, Answerer& second) {
  const auto refuse = [](const std::string& where, std::string_view what) {
    return fail(ErrorCode::kUnsupported, where, what, "compare models that answer the same question");
  };
  if (a.model.preprocess.has_value() != b.model.preprocess.has_value()) {
    return refuse(b.name, fmt::format("{} photos, but {} {}", b.model.preprocess ? "takes" : "does not take", a.name,
                                      a.model.preprocess ? "does" : "does not"));
  }
  if (first.net().inputs() != second.net().inputs() || first.net().outputs() != second.net().outputs()) {
    return refuse(b.name, fmt::format("has {} inputs and {} outputs, but {} has {} and {}", second.net().inputs(),
                                      second.net().outputs(), a.name, first.net().inputs(), first.net().outputs()));
  }
  for (std::size_t i = 0; i < first.net().outputs(); ++i) {
    if (first.net().scores(i).size() == second.net().scores(i).size()) continue;
    return refuse(b.name, fmt::format("gives {} numbers, but {} gives {}", second.net().scores(i).size(), a.name,
                                      first.net().scores(i).size()));
  }
  return {};
}

// Answers of more numbers than this are not kept.
constexpr std::int64_t kMostKept = 32'000'000;

Result<Comparison> compare_on_photos(Answerer& before, Answerer& after, TrialPhotos& photos, Progress& progress,
                                     KnownAnswers* known) {
  Comparison result;
  if (photos.size() * std::ssize(before.net().scores()) > kMostKept) known = nullptr;
  if (known != nullptr) known->resize(static_cast<std::size_t>(photos.size()));
  Tally tally(result);
  PairedAnswers paired;
  progress.start("comparing", static_cast<std::uint64_t>(photos.size()), "photos");
  for (std::int64_t i = 0; i < photos.size(); ++i, progress.advance()) {
    const auto photo = photos.read(i);
    if (!photo) {
      progress.warn("left out: " + photo.error().text());
      continue;
    }
    std::vector<float> a;
    if (known != nullptr) a = (*known)[static_cast<std::size_t>(i)];
    if (a.empty()) {
      PAW_ASSIGN_OR_RETURN(a, before.answer(*photo));
      if (known != nullptr) (*known)[static_cast<std::size_t>(i)] = a;
    }
    PAW_ASSIGN_OR_RETURN(const std::vector<float> b, after.answer(*photo));
    tally.finish_image(tally.add(a, b), best(a) == best(b), photo->name);
    const auto expected = before.index(photo->label);
    if (!expected || expected != after.index(photo->label)) continue;
    paired.add(best(a) == *expected, best(b) == *expected);
  }
  progress.finish();
  if (result.images == 0) return fail(ErrorCode::kBadData, "photos", "not one of them can be decoded");
  if (paired.images == result.images) result.labelled = paired;
  return result;
}

// For models that take no photos: the same numbers, uniform in [-1, 1), into both.
Result<Comparison> compare_on_numbers(Answerer& before, Answerer& after) {
  Comparison result{.numbers = true};
  Tally tally(result);
  for (std::int64_t run = 0; run < kNumberRuns; ++run) {
    for (std::size_t i = 0; i < before.net().inputs(); ++i) {
      Random random(static_cast<std::uint64_t>(run), i);
      const auto a = before.net().input(i), b = after.net().input(i);
      if (a.size() != b.size()) {
        return fail(ErrorCode::kUnsupported, "compare", "the inputs of the two models differ in size");
      }
      for (std::size_t k = 0; k < a.size(); ++k) a[k] = b[k] = static_cast<float>(random.uniform(-1, 1));
    }
    before.net().run();
    after.net().run();
    double largest = 0;
    for (std::size_t i = 0; i < before.net().outputs(); ++i) {
      largest = std::max(largest, tally.add(before.net().scores(i), after.net().scores(i)));
    }
    tally.finish_image(largest, best(before.net().scores()) == best(after.net().scores()),
                       "random numbers " + std::to_string(run));
  }
  return result;
}

}  // namespace

Result<NetRunner> runner_of(const ComparedModel& model, int threads) {
  return model.plan.empty() ? NetRunner::create(model.model, threads, false)
                            : NetRunner::of_plan(model.plan, model.name, threads);
}

Result<Comparison> compare_models(const ComparedModel& before, const ComparedModel& after, TrialPhotos& photos,
                                  int threads, Progress& progress, KnownAnswers* known) {
  PAW_ASSIGN_OR_RETURN(Answerer first, Answerer::create(before, threads));
  PAW_ASSIGN_OR_RETURN(Answerer second, Answerer::create(after, threads));
  PAW_RETURN_IF_ERROR(check_alike(before, after, first, second));
  if (!before.model.preprocess) return compare_on_numbers(first, second);
  return compare_on_photos(first, second, photos, progress, known);
}

Json to_json(const Comparison& c) {
  Json out = {{"images", c.images},
              {"agreement", c.agreement()},
              {"max_abs_diff", c.max_abs_diff},
              {"mean_abs_diff", c.mean_abs_diff},
              {"total_variation", c.total_variation},
              {"worst", c.worst}};
  if (c.numbers) out["numbers"] = true;
  if (c.labelled) {
    const Interval interval = c.labelled->drop_interval();
    out["top1_before"] = c.labelled->top1_before();
    out["top1_after"] = c.labelled->top1_after();
    out["drop"] = c.labelled->drop();
    out["drop_interval"] = {interval.low, interval.high};
    out["lost"] = c.labelled->lost;
    out["gained"] = c.labelled->gained;
  }
  return out;
}

std::string to_text(const Comparison& c) {
  std::string text = fmt::format("{} of {} {} agree, largest difference {:.2g}, mean {:.2g}", c.agree, c.images,
                                 c.numbers ? "random inputs" : "photos", c.max_abs_diff, c.mean_abs_diff);
  if (c.labelled) {
    text +=
        fmt::format(", accuracy {:.4f} before and {:.4f} after", c.labelled->top1_before(), c.labelled->top1_after());
  }
  return text;
}

}  // namespace paw
