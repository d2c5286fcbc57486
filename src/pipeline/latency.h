// How long two models take for one answer, on this machine.
#pragma once

#include "base/error.h"
#include "pipeline/compare.h"

namespace paw {

struct Latency {
  double before_ms = 0, after_ms = 0;  // the least of several runs
};

// In turn, so that both meet the same machine. Errors: those of NetRunner.
Result<Latency> compare_latency(const ComparedModel& before, const ComparedModel& after, int threads);

}  // namespace paw
