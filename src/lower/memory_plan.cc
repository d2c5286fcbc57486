#include "lower/memory_plan.h"

#include <algorithm>
#include <numeric>

#include "base/bytes.h"

namespace paw {

namespace {

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

bool together(const Lifetime& a, const Lifetime& b) { return a.first <= b.last && b.first <= a.last; }

}  // namespace

MemoryPlan plan_memory(std::span<const Lifetime> lifetimes) {
  std::vector<std::size_t> order(lifetimes.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  // By size, then by number: the same plan every time.
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return lifetimes[a].bytes != lifetimes[b].bytes ? lifetimes[a].bytes > lifetimes[b].bytes : a < b;
  });

  MemoryPlan plan{.offsets = std::vector<std::uint64_t>(lifetimes.size()), .bytes = 0};
  std::vector<std::size_t> placed;  // by offset
  for (const std::size_t i : order) {
    const std::uint64_t size = aligned(lifetimes[i].bytes);
    std::uint64_t at = 0;
    for (const std::size_t other : placed) {
      if (!together(lifetimes[i], lifetimes[other])) continue;
      if (at + size <= plan.offsets[other]) break;  // fits into the gap before it
      at = std::max(at, plan.offsets[other] + aligned(lifetimes[other].bytes));
    }
    plan.offsets[i] = at;
    plan.bytes = std::max(plan.bytes, at + size);
    const auto place = std::ranges::upper_bound(placed, at, {}, [&](std::size_t p) { return plan.offsets[p]; });
    placed.insert(place, i);
  }
  return plan;
}

}  // namespace paw
