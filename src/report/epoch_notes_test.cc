#include "report/epoch_notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paw::report::epoch_notes_test {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// {loss, val_loss, val_accuracy} of epochs 1, 2, ...
TrainingPart training(const std::vector<std::array<double, 3>>& rows, std::int64_t best,
                      std::vector<double> rates = {}) {
  TrainingPart t{.way = "", .epochs = {}, .best_epoch = best, .classes = 2, .settings = {}};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    t.epochs.push_back({.epoch = static_cast<std::int64_t>(i + 1),
                        .loss = rows[i][0],
                        .val_loss = rows[i][1],
                        .val_accuracy = rows[i][2],
                        .learning_rate = i < rates.size() ? rates[i] : 0.1});
  }
  return t;
}

std::string all_notes(const TrainingPart& t) {
  std::string all;
  for (const EpochNote& note : epoch_notes(t)) all += std::to_string(note.epoch) + ": " + note.text + "\n";
  return all;
}

TEST(EpochNotes, NoEpochNoNote) { EXPECT_THAT(epoch_notes(training({}, 0)), IsEmpty()); }

TEST(EpochNotes, TheFirstEpochIsComparedWithGuessing) {
  EXPECT_THAT(all_notes(training({{0.7, 0.69, 0.51}}, 1)), HasSubstr("1: Not better than guessing yet: 51.0 %"));
  EXPECT_THAT(all_notes(training({{0.4, 0.3, 0.9}}, 1)), HasSubstr("1: One pass over the photos: 90.0 %"));
}

TEST(EpochNotes, OverfittingIsSaidOnceWhereTheGapGrowsForTwoEpochs) {
  const auto t = training({{0.6, 0.5, 0.8}, {0.5, 0.4, 0.8}, {0.4, 0.45, 0.8}, {0.3, 0.5, 0.8}, {0.2, 0.6, 0.8}}, 2);
  EXPECT_THAT(all_notes(t),
              HasSubstr("4: The gap grows: training loss falls to 0.300 while validation loss rises to 0.500"));
  EXPECT_THAT(all_notes(t), Not(HasSubstr("5: The gap")));
  EXPECT_THAT(all_notes(t), Not(HasSubstr("Converged")));
  EXPECT_THAT(all_notes(t), HasSubstr("2: This epoch is kept: validation loss 0.4000, with 80.0 %"));
}

TEST(EpochNotes, AGapThatClosesAgainIsASetback) {
  const auto t = training({{0.7, 0.6, 0.5}, {0.6, 0.7, 0.5}, {0.5, 0.8, 0.5}, {0.4, 0.3, 0.8}}, 4);
  EXPECT_THAT(all_notes(t), HasSubstr("3: The gap grows"));
  EXPECT_THAT(all_notes(t), HasSubstr("A setback only"));
  EXPECT_THAT(all_notes(t), Not(HasSubstr("overfitting")));
}

TEST(EpochNotes, ConvergedOrStillGettingBetter) {
  EXPECT_THAT(all_notes(training({{0.6, 0.5, 0.8}, {0.5, 0.30, 0.8}, {0.4, 0.301, 0.8}, {0.3, 0.302, 0.8}}, 2)),
              HasSubstr("4: Converged"));
  EXPECT_THAT(all_notes(training({{0.6, 0.5, 0.8}, {0.5, 0.4, 0.8}, {0.4, 0.3, 0.8}, {0.3, 0.2, 0.8}}, 4)),
              HasSubstr("4: Still getting better at the end"));
}

TEST(EpochNotes, StepsForwardAndPhases) {
  const auto t =
      training({{0.7, 0.7, 0.5}, {0.6, 0.5, 0.75}, {0.5, 0.45, 0.8}, {0.5, 0.4, 0.81}}, 4, {1, 0.5, 0.1, 0.5});
  EXPECT_THAT(all_notes(t), HasSubstr("2: The largest step forward: validation accuracy rises from 50.0 % to 75.0 %."));
  EXPECT_THAT(all_notes(t), HasSubstr("4: The learning rate starts anew"));
  EXPECT_THAT(epoch_notes(t),
              ElementsAre(Field(&EpochNote::epoch, 1), Field(&EpochNote::epoch, 2), Field(&EpochNote::epoch, 4)));
}

}  // namespace paw::report::epoch_notes_test
