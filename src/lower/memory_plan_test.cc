#include "lower/memory_plan.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/random.h"

namespace paw::memory_plan_test {

std::vector<Lifetime> random_lifetimes(Random& random) {
  std::vector<Lifetime> lifetimes(1 + random.below(24));
  for (Lifetime& life : lifetimes) {
    life.bytes = 1 + random.below(5000);
    life.first = static_cast<std::int64_t>(random.below(20));
    life.last = life.first + static_cast<std::int64_t>(random.below(6));
  }
  return lifetimes;
}

// The most bytes alive at one time: no plan can be smaller.
std::uint64_t lower_bound(const std::vector<Lifetime>& lifetimes) {
  std::uint64_t most = 0;
  for (std::int64_t time = 0; time < 32; ++time) {
    std::uint64_t sum = 0;
    for (const Lifetime& life : lifetimes) {
      if (life.first <= time && time <= life.last) sum += life.bytes;
    }
    most = std::max(most, sum);
  }
  return most;
}

TEST(PlanMemory, LiveBuffersNeverOverlap) {
  Random random(7);
  std::uint64_t planned = 0, bound = 0;
  for (int round = 0; round < 10'000; ++round) {
    const std::vector<Lifetime> lifetimes = random_lifetimes(random);
    const MemoryPlan plan = plan_memory(lifetimes);
    ASSERT_EQ(plan.offsets.size(), lifetimes.size());
    for (std::size_t a = 0; a < lifetimes.size(); ++a) {
      ASSERT_EQ(plan.offsets[a] % kBufferAlignment, 0u);
      ASSERT_LE(plan.offsets[a] + lifetimes[a].bytes, plan.bytes);
      for (std::size_t b = 0; b < a; ++b) {
        const bool in_time = lifetimes[a].first <= lifetimes[b].last && lifetimes[b].first <= lifetimes[a].last;
        const bool in_space = plan.offsets[a] < plan.offsets[b] + lifetimes[b].bytes &&
                              plan.offsets[b] < plan.offsets[a] + lifetimes[a].bytes;
        ASSERT_FALSE(in_time && in_space) << "round " << round;
      }
    }
    ASSERT_GE(plan.bytes, lower_bound(lifetimes));
    planned += plan.bytes;
    bound += lower_bound(lifetimes);
  }
  // Alignment costs up to 63 bytes a buffer here; the packing itself stays close to the bound.
  EXPECT_LT(static_cast<double>(planned), 1.15 * static_cast<double>(bound));
}

TEST(PlanMemory, NothingNeedsNothing) { EXPECT_EQ(plan_memory({}).bytes, 0u); }

TEST(PlanMemory, ReusesMemoryThatIsFree) {
  const MemoryPlan plan = plan_memory(std::vector<Lifetime>{{64, 0, 1}, {64, 2, 3}, {64, 1, 2}});
  EXPECT_EQ(plan.bytes, 128u);
  EXPECT_EQ(plan.offsets[0], plan.offsets[1]);
}

}  // namespace paw::memory_plan_test
