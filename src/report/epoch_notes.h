// What the numbers of a training say, in a sentence for each epoch that is worth one.
#pragma once

#include <string>
#include <vector>

#include "report/page.h"

namespace paw::report {

struct EpochNote {
  std::int64_t epoch = 0;
  std::string text;  // plain
};

// In the order of epochs, at most one each. A function of the numbers alone:
// the first epoch: better than guessing, or not yet; the largest step forward; a learning rate that starts anew
// (another phase); the epoch that was kept; from where on the gap grows (validation loss rises and training loss falls
// for two epochs, and the former is more than 2 % above its least); the last: still getting better, or converged (the
// last three validation losses within 2 % of the least).
std::vector<EpochNote> epoch_notes(const TrainingPart& training);

}  // namespace paw::report
