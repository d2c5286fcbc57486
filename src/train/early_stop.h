// Which epoch was the best, and whether to go on.
#pragma once

#include <cmath>
#include <cstdint>

namespace paw {

// By validation loss; the first of equals. Plain data: a checkpoint keeps it as it is.
struct BestEpoch {
  std::int64_t epoch = 0;  // counted from 1; 0: none yet
  double loss = 0;

  // Tells of an epoch; true: it is the best so far. A loss that is no number is not.
  bool add(std::int64_t number, double validation_loss) {
    if (std::isnan(validation_loss) || (epoch != 0 && !(validation_loss < loss))) return false;
    epoch = number;
    loss = validation_loss;
    return true;
  }

  // Were the last `patience` epochs, up to `number`, no better than one before? 0: never.
  bool stop(std::int64_t number, std::int64_t patience) const { return patience > 0 && number - epoch >= patience; }
};

}  // namespace paw
