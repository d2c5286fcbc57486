#include "report/epoch_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace paw::report {

namespace {

constexpr double kClearStep = 0.03;     // of validation accuracy: more than a few photos
constexpr double kSameLoss = 0.02;      // losses within this share are one
constexpr double kRestart = 1.5;        // a learning rate that grows by this factor begins another phase
constexpr std::size_t kGapEpochs = 2;   // in a row: one alone is noise
constexpr std::size_t kFlatEpochs = 3;  // in a row

std::string share(double value) { return fmt::format("{:.1f} %", value * 100); }

class NoteTaker {
 public:
  explicit NoteTaker(const TrainingPart& training) : training_(training), rows_(training.epochs) {}

  std::vector<EpochNote> take() {
    if (rows_.empty()) return {};
    first();
    restarts();
    largest_step();
    gap();
    last();
    kept();
    std::vector<EpochNote> out;
    for (auto& [epoch, text] : notes_) out.push_back({epoch, std::move(text)});
    return out;
  }

 private:
  void say(std::size_t row, const std::string& text) {
    std::string& note = notes_[rows_[row].epoch];
    note += (note.empty() ? "" : " ") + text;
  }

  void first() {
    const double chance = 1.0 / static_cast<double>(std::max<std::int64_t>(training_.classes, 1));
    const double seen = rows_[0].val_accuracy;
    say(0, seen > chance + kClearStep
               ? fmt::format("One pass over the photos: {} of the validation photos are right, guessing would give {}.",
                             share(seen), share(chance))
               : fmt::format("Not better than guessing yet: {} of the validation photos are right, guessing gives {}.",
                             share(seen), share(chance)));
  }

  void restarts() {
    for (std::size_t i = 1; i < rows_.size(); ++i) {
      if (rows_[i].learning_rate > kRestart * rows_[i - 1].learning_rate && rows_[i - 1].learning_rate > 0 && i > 2) {
        say(i, "The learning rate starts anew: another phase of training begins.");
      }
    }
  }

  void largest_step() {
    std::size_t best = 0;
    double most = kClearStep;
    for (std::size_t i = 1; i < rows_.size(); ++i) {
      const double step = rows_[i].val_accuracy - rows_[i - 1].val_accuracy;
      if (step > most) best = i, most = step;
    }
    if (best > 0) {
      say(best, fmt::format("The largest step forward: validation accuracy rises from {} to {}.",
                            share(rows_[best - 1].val_accuracy), share(rows_[best].val_accuracy)));
    }
  }

  bool recovers(std::size_t from, double least) const {
    const auto after = rows_.begin() + static_cast<std::ptrdiff_t>(from) + 1;
    return std::any_of(after, rows_.end(), [&](const Epoch& later) { return later.val_loss < least; });
  }

  // Where validation loss begins to rise while training loss falls.
  void gap() {
    std::size_t run = 0;
    double least = rows_[0].val_loss;
    for (std::size_t i = 1; i < rows_.size(); ++i) {
      const bool grows = rows_[i].val_loss > rows_[i - 1].val_loss && rows_[i].loss < rows_[i - 1].loss;
      run = grows ? run + 1 : 0;
      least = std::min(least, rows_[i].val_loss);
      if (run < kGapEpochs || rows_[i].val_loss <= least * (1 + kSameLoss)) continue;
      say(i, fmt::format("The gap grows: training loss falls to {:.3f} while validation loss rises to {:.3f}. {}",
                         rows_[i].loss, rows_[i].val_loss,
                         recovers(i, least) ? "A setback only: later epochs do better."
                                            : "From here on the model learns these photos by heart (overfitting)."));
      return;
    }
  }

  void last() {
    if (rows_.size() <= kFlatEpochs) return;
    const std::size_t end = rows_.size() - 1;
    double least = HUGE_VAL, high = 0;
    for (const Epoch& row : rows_) least = std::min(least, row.val_loss);
    for (std::size_t i = end + 1 - kFlatEpochs; i <= end; ++i) high = std::max(high, rows_[i].val_loss);
    if (high <= least * (1 + kSameLoss)) {
      say(end,
          fmt::format("Converged: the last {} validation losses lie within {:.0f} % of the least; more epochs would "
                      "bring little.",
                      kFlatEpochs, kSameLoss * 100));
    } else if (rows_[end].val_loss <= least) {
      say(end, "Still getting better at the end: more epochs may help.");
    }
  }

  void kept() {
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (rows_[i].epoch != training_.best_epoch) continue;
      say(i, fmt::format("This epoch is kept: validation loss {:.4f}, with {} of the validation photos right.",
                         rows_[i].val_loss, share(rows_[i].val_accuracy)));
    }
  }

  const TrainingPart& training_;
  const std::vector<Epoch>& rows_;
  std::map<std::int64_t, std::string> notes_;
};

}  // namespace

std::vector<EpochNote> epoch_notes(const TrainingPart& training) { return NoteTaker(training).take(); }

}  // namespace paw::report
