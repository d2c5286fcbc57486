// Placement of buffers in one arena: buffers that live at the same time never overlap.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace paw {

// One piece of memory and the steps (inclusive) between which it holds something.
struct Lifetime {
  std::uint64_t bytes = 0;
  std::int64_t first = 0, last = 0;
};

struct MemoryPlan {
  std::vector<std::uint64_t> offsets;  // multiples of kBufferAlignment
  std::uint64_t bytes = 0;
};

// Greedy by size: the largest first, each at the lowest offset where it meets no neighbour in time (Pisarchyk and Lee
// 2020, "Efficient memory management for deep neural net inference"). Deterministic.
MemoryPlan plan_memory(std::span<const Lifetime> lifetimes);

}  // namespace paw
