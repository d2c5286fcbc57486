// Training and test, out of run.json.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "pipeline/report_parts.h"

namespace paw {

namespace {

constexpr std::size_t kBins = 10;
constexpr std::size_t kMostShown = 12;  // photos of a gallery

double number_or_zero(const Json& json) { return json_number(json).value_or(0); }

std::vector<ScoreBin> score_bins(const std::vector<TestAnswer>& answers) {
  std::vector<ScoreBin> bins(answers.empty() ? 0 : kBins);
  for (const TestAnswer& answer : answers) {
    const auto at = static_cast<std::size_t>(answer.score() * static_cast<double>(kBins));
    ScoreBin& bin = bins[std::min(at, kBins - 1)];
    ++bin.count;
    bin.score += answer.score();
    bin.accuracy += answer.right() ? 1 : 0;
  }
  for (ScoreBin& bin : bins) {
    if (bin.count == 0) continue;
    bin.score /= static_cast<double>(bin.count);
    bin.accuracy /= static_cast<double>(bin.count);
  }
  return bins;
}

report::Shown shown_answer(TestAnswer& answer, const std::vector<std::string>& labels) {
  return {.path = answer.path,
          .label = labels[static_cast<std::size_t>(answer.label)],
          .said = labels[static_cast<std::size_t>(answer.said)],
          .score = answer.score(),
          .label_score = answer.label_score(),
          .picture = answer.picture};
}

void show_answers(report::QualityPart& q, std::vector<TestAnswer>& answers, const std::vector<std::string>& labels) {
  const auto key = [](const TestAnswer& a) { return std::pair(-a.score(), std::string_view(a.path)); };
  std::ranges::sort(answers, {}, key);
  for (TestAnswer& answer : answers) {
    if (answer.right()) continue;
    ++q.all_mistakes;
    if (q.mistakes.size() < kMostShown) q.mistakes.push_back(shown_answer(answer, labels));
  }
  for (auto answer = answers.rbegin(); answer != answers.rend() && answer->score() < q.threshold; ++answer) {
    if (q.unsure.size() < kMostShown) q.unsure.push_back(shown_answer(*answer, labels));
  }
}

}  // namespace

report::TrainingPart training_of(const RunRecord& run) {
  const Json& result = run.result("train");
  report::TrainingPart t;
  t.way = json_text(json_at(result, {"way"}));
  if (t.way.empty()) t.way = json_text(json_at(run.stage("train"), {"inputs", "way"}));
  t.best_epoch = json_integer(json_at(result, {"best_epoch"}));
  t.classes = std::max<std::int64_t>(2, std::ssize(json_rows(json_at(result, {"labels"}))));
  for (const Json& row : json_rows(json_at(result, {"epochs"}))) {
    report::Epoch epoch{.epoch = json_integer(json_at(row, {"epoch"})),
                        .loss = number_or_zero(json_at(row, {"loss"})),
                        .accuracy = number_or_zero(json_at(row, {"accuracy"})),
                        .val_loss = number_or_zero(json_at(row, {"val_loss"})),
                        .val_accuracy = number_or_zero(json_at(row, {"val_accuracy"})),
                        .learning_rate = number_or_zero(json_at(row, {"lr"}))};
    if (!run.reproducible) epoch.images_per_s = json_number(json_at(row, {"images_per_s"}));
    t.epochs.push_back(epoch);
  }
  for (const Json& row : json_rows(json_at(result, {"ways"}))) {
    report::Way way{.name = json_text(json_at(row, {"way"})),
                    .epochs = json_integer(json_at(row, {"epochs"})),
                    .val_accuracy = number_or_zero(json_at(row, {"val_accuracy"})),
                    .test_accuracy = number_or_zero(json_at(row, {"test_accuracy"}))};
    if (!run.reproducible) way.seconds = json_number(json_at(row, {"seconds"}));
    t.ways.push_back(std::move(way));
  }
  const Json& settings = json_at(run.stage("train"), {"settings"});
  if (!settings.is_object()) return t;
  for (const auto& [name, value] : settings.items()) {
    if (const std::string text = json_text(value); !text.empty()) t.settings.emplace_back(name, text);
  }
  return t;
}

report::QualityPart quality_of(const RunRecord& run, const Model& model, std::vector<TestAnswer> answers,
                               const ReportPhotos& photos) {
  const Json& test = json_at(run.result("train"), {"test"});
  report::QualityPart q{.images = json_integer(json_at(test, {"images"})),
                        .top1 = number_or_zero(json_at(test, {"top1"})),
                        .ece = number_or_zero(json_at(test, {"ece"})),
                        .threshold = model.threshold,
                        .temperature = model.temperature,
                        .no_pictures = photos.why_not()};
  const Json& interval = json_rows(json_at(test, {"top1_interval"}));
  if (interval.size() == 2) q.low = number_or_zero(interval[0]), q.high = number_or_zero(interval[1]);
  if (const Json& n = json_at(test, {"not_sure"}); n.is_object()) {
    q.not_sure = json_integer(json_at(n, {"images"}));
    q.top1_of_rest = json_number(json_at(n, {"top1_of_rest"}));
  }
  for (const Json& row : json_rows(json_at(test, {"classes"}))) {
    q.classes.push_back({.label = json_text(json_at(row, {"label"})),
                         .images = json_integer(json_at(row, {"images"})),
                         .precision = number_or_zero(json_at(row, {"precision"})),
                         .recall = number_or_zero(json_at(row, {"recall"})),
                         .f1 = number_or_zero(json_at(row, {"f1"}))});
  }
  for (const Json& row : json_rows(json_at(test, {"confusion"}))) {
    std::vector<std::int64_t> counts;
    for (const Json& count : json_rows(row)) counts.push_back(json_integer(count));
    counts.resize(q.classes.size());
    q.confusion.push_back(std::move(counts));
  }
  q.confusion.resize(std::min(q.confusion.size(), q.classes.size()));
  q.bins = score_bins(answers);
  show_answers(q, answers, model.labels);
  return q;
}

}  // namespace paw
