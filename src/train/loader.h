// Fills batches with examples on all threads.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/error.h"
#include "base/thread_pool.h"
#include "train/data.h"

namespace paw {

// Examples `indices` of `source` one after the other into `inputs` and `targets` (targets empty: not wanted). The error
// of the first example in order that fails.
Status load_batch(const ExampleSource& source, std::span<const std::int64_t> indices, std::int64_t epoch,
                  std::span<float> inputs, std::span<float> targets, ThreadPool& pool);

// The numbers 0 to count - 1 in an order that depends on the seed and the epoch alone (Fisher & Yates).
std::vector<std::int64_t> shuffled(std::int64_t count, std::uint64_t seed, std::int64_t epoch);

}  // namespace paw
