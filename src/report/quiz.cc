#include "report/quiz.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "host/text.h"

namespace paw::report {

namespace {

using Candidate = std::optional<Question>;

Candidate smaller_file(const Page& page) {
  const FileRow* small = nullptr;
  for (const FileRow& file : page.files.files) {
    if (file.optimized() && (small == nullptr || file.bytes < small->bytes)) small = &file;
  }
  if (small == nullptr || page.files.float_bytes <= small->bytes) return {};
  const double times = static_cast<double>(page.files.float_bytes) / static_cast<double>(small->bytes);
  return Question{
      fmt::format("Why is {} so much smaller than the trained weights?", small->file),
      fmt::format(
          "Training keeps every weight in four bytes, {} in all. The recipe {} stores them in fewer bits, with a "
          "scale for each channel that says what one step is worth: {}, {:.1f} times less.{}",
          human_bytes(page.files.float_bytes), small->recipe, human_bytes(small->bytes), times,
          small->agreement ? fmt::format(" {:.1f} % of the answers are the same all the same, since what decides is "
                                         "which score is largest, not its last digits.",
                                         *small->agreement * 100)
                           : "")};
}

Candidate interval(const Page& page) {
  const QualityPart& q = page.quality;
  if (q.images == 0) return {};
  return Question{
      fmt::format("The model is right on {:.1f} % of {} test photos. Another one reaches {:.1f} %. Is that one better?",
                  q.top1 * 100, q.images, std::min(100.0, q.top1 * 100 + 50.0 / static_cast<double>(q.images))),
      fmt::format(
          "Nobody can tell from these photos. With {} of them, chance alone puts the true share anywhere between "
          "{:.1f} and {:.1f} %. Only more test photos make that interval narrow.",
          q.images, q.low * 100, q.high * 100)};
}

Candidate kept_epoch(const Page& page) {
  const TrainingPart& t = page.training;
  const auto best = std::ranges::find(t.epochs, t.best_epoch, &Epoch::epoch);
  if (best == t.epochs.end()) return {};
  const Epoch& last = t.epochs.back();
  return Question{
      fmt::format("Training ended with epoch {} and a training loss of {:.3f}. Why is epoch {} kept?", last.epoch,
                  last.loss, best->epoch),
      fmt::format("Because of the validation photos, from which the model does not learn: there the loss was least in "
                  "epoch {}, {:.4f}{}. Training loss goes on falling even when a model learns its photos by heart.",
                  best->epoch, best->val_loss,
                  last.epoch == best->epoch ? "" : fmt::format(", against {:.4f} at the end", last.val_loss))};
}

Candidate threshold(const Page& page) {
  const QualityPart& q = page.quality;
  if (q.threshold <= 0 || page.labels.empty()) return {};
  const double score = std::floor(q.threshold * 100) / 100;
  return Question{
      fmt::format("A photo scores {} {:.2f}. What does the app show?", page.labels[0], score),
      score < q.threshold
          ? fmt::format("\"Not sure\". The threshold is {:.3f}; below it the model is wrong too often to be worth "
                        "believing.",
                        q.threshold)
          : fmt::format("{}: the score reaches the threshold of {:.3f}.", page.labels[0], q.threshold)};
}

Candidate test_photos(const Page& page) {
  std::int64_t test = 0, val = 0;
  for (const ClassRow& row : page.data.classes) test += row.test, val += row.val;
  if (test == 0) return {};
  return Question{
      fmt::format("Why are {} photos never shown to the model while it learns?", test + val),
      fmt::format("{} of them choose the epoch and the temperature, and {} are the test. A model that has seen a "
                  "photo may know it by heart; only photos it has never seen tell how it will do on a phone.",
                  val, test)};
}

Candidate input_size(const Page& page) {
  if (page.input_width <= 0) return {};
  const auto numbers = page.input_width * page.input_height * 3;
  return Question{
      "A phone takes photos of 12 million pixels. How many of them does the model look at?",
      fmt::format(
          "{} x {}: preprocessing makes every photo that size, {} numbers with three colours. It is part of the "
          "model and does the same in training, on this computer and in the app; if it did not, answers would "
          "differ though the weights are the same.",
          page.input_width, page.input_height, numbers)};
}

Candidate guessing(const Page& page) {
  if (page.labels.size() < 2) return {};
  return Question{fmt::format("How often would guessing be right among {} classes?", page.labels.size()),
                  fmt::format("In {:.1f} % of equally frequent classes. An accuracy means something only beside that "
                              "number.",
                              100.0 / static_cast<double>(page.labels.size()))};
}

}  // namespace

std::vector<Question> quiz(const Page& page) {
  std::vector<Question> questions;
  for (const auto& make : {smaller_file, interval, kept_epoch, threshold, test_photos, input_size, guessing}) {
    if (questions.size() == kQuestions) break;
    if (Candidate question = make(page)) questions.push_back(*std::move(question));
  }
  return questions;
}

}  // namespace paw::report
