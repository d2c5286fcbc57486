// The learning rate over time.
#pragma once

#include <cstdint>

namespace paw {

// Linear warm-up from 0, then half a cosine down to `last` of the peak (Loshchilov & Hutter 2017, without restarts).
struct Schedule {
  double peak = 0.1;
  double last = 0;           // share of the peak at the end
  std::int64_t warm_up = 0;  // steps
  std::int64_t steps = 1;    // in all

  // Of step `step`, counted from 0.
  double at(std::int64_t step) const;
};

}  // namespace paw
