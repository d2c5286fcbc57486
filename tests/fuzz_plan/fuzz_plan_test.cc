#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "base/random.h"
#include "base/rounds_testing.h"
#include "lower/lower.h"
#include "nets/nets.h"
#include "optimize/quantize/static_int8.h"
#include "passes/passes.h"
#include "runtime/checksum.h"
#include "runtime/executor.h"

namespace paw::fuzz_plan_test {

// Narrow nets: a mutant costs a copy and a checksum of the whole file.
constexpr int kMutations = rounds(5000);

void set_checksum(AlignedBuffer& file) {
  if (file.size() < sizeof(PlanHeader)) return;
  const std::uint32_t crc = plan_checksum({file.data(), file.size()});
  std::memcpy(file.data() + offsetof(PlanHeader, crc), &crc, sizeof(crc));
}

Bytes with_checksum(AlignedBuffer file) {
  set_checksum(file);
  return Bytes(std::move(file));
}

AlignedBuffer copy(const Bytes& file, std::size_t size) {
  AlignedBuffer buffer(size);
  std::memcpy(buffer.data(), file.data(), std::min(size, file.size()));
  return buffer;
}

// Changes one number somewhere before the constants, at the width of the fields there.
void mutate_number(AlignedBuffer& file, std::size_t structure, Random& random) {
  static constexpr std::int64_t kInteresting[] = {0, -1, 1, 2, 7, 64, 0x7FFFFFFF, -0x80000000LL, 1 << 20, INT64_MAX};
  const std::size_t width = random.below(3) == 0 ? 8 : random.below(4) == 0 ? 1 : 4;
  const std::size_t at = random.below(structure / width) * width;
  std::int64_t value = kInteresting[random.below(std::size(kInteresting))];
  if (random.below(3) == 0) {
    std::memcpy(&value, file.data() + at, width);
    value += static_cast<std::int64_t>(random.below(17)) - 8;
  }
  std::memcpy(file.data() + at, &value, width);
}

// One mutant after the other in the same memory: a fresh copy of all weights for each would take most of the time.
class Mutants {
 public:
  explicit Mutants(const Bytes& file) : file_(file), work_(copy(file, file.size())) {
    std::memcpy(&header_, file.data(), sizeof(header_));
  }

  // Valid until the next one.
  Bytes next(Random& random) {
    if (random.below(50) == 0) return with_checksum(copy(file_, random.below(file_.size())));
    const auto structure = static_cast<std::size_t>(header_.constants.offset);
    std::memcpy(work_.data(), file_.data(), structure);
    for (std::uint64_t i = 1 + random.below(3); i > 0; --i) mutate_number(work_, structure, random);
    set_checksum(work_);
    return {std::shared_ptr<const void>(work_.data(), [](const void*) {}), {work_.data(), work_.size()}};
  }

 private:
  const Bytes& file_;
  AlignedBuffer work_;
  PlanHeader header_{};
};

void fuzz(const Graph& graph, std::uint64_t stream) {
  const auto file = lower(graph);
  ASSERT_TRUE(file) << file.error().text();
  Random random(11, stream);
  Mutants mutants(*file);
  int accepted = 0;
  for (int i = 0; i < kMutations; ++i) {
    const Bytes mutant = mutants.next(random);
    const auto plan = Plan::load(mutant, "fuzz.plan");
    if (!plan) {
      EXPECT_EQ(plan.error().code, ErrorCode::kUnsupported);
      EXPECT_FALSE(plan.error().message.empty());
      continue;
    }
    ++accepted;
    // Accepted plans must be safe to run; most differ from the original in a clamp bound or a name.
    if (accepted % 10 != 0 || plan->arena_bytes() > (64u << 20)) continue;
    Executor executor(*plan, available_isas().back(), 1);
    executor.run();
  }
  EXPECT_GT(accepted, kMutations / 100);
  EXPECT_LT(accepted, kMutations * 9 / 10);
}

Graph net(const char* name, double width) {
  const auto model = build_net(name, {.size = 32, .width = width, .classes = 2});
  EXPECT_TRUE(model) << (model ? "" : model.error().text());
  return model ? model->graph : Graph{};
}

// The net in integers; its ranges are as good as any.
Graph quantised(Graph graph) {
  EXPECT_TRUE(run_pipeline(graph, *find_pipeline("deploy")));
  ValueRanges ranges(graph.values.size());
  for (ValueRange& range : ranges) range = {-1, 1};
  const auto made = static_int8(graph, ranges);
  EXPECT_TRUE(made) << (made ? "" : made.error().text());
  return made ? *made : Graph{};
}

TEST(FuzzPlan, Pawnet) { fuzz(net("pawnet", 1.0), 1); }
TEST(FuzzPlan, MobilenetV3Small) { fuzz(net("mobilenet_v3_small", 0.25), 2); }
TEST(FuzzPlan, MobilenetV2) { fuzz(net("mobilenet_v2", 0.25), 3); }
TEST(FuzzPlan, MobilenetV3SmallInIntegers) { fuzz(quantised(net("mobilenet_v3_small", 0.25)), 4); }

TEST(FuzzPlan, OtherVersionTargetAndTruncation) {
  const auto model = build_net("pawnet", {.size = 32});
  ASSERT_TRUE(model);
  const auto file = lower(model->graph);
  ASSERT_TRUE(file);
  AlignedBuffer newer = copy(*file, file->size());
  const std::uint32_t version = kPlanVersion + 1;
  std::memcpy(newer.data() + offsetof(PlanHeader, version), &version, sizeof(version));
  const auto refused = Plan::load(with_checksum(std::move(newer)), "new.plan");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("version 2"), std::string::npos);

  AlignedBuffer other = copy(*file, file->size());
  std::memcpy(other.data() + offsetof(PlanHeader, target), "vax\0", 4);
  const auto foreign = Plan::load(with_checksum(std::move(other)), "vax.plan");
  ASSERT_FALSE(foreign);
  EXPECT_NE(foreign.error().message.find("'vax'"), std::string::npos);

  AlignedBuffer damaged = copy(*file, file->size());
  damaged.data()[file->size() - 1] ^= std::byte{1};
  const auto broken = Plan::load(Bytes(std::move(damaged)), "broken.plan");
  ASSERT_FALSE(broken);
  EXPECT_NE(broken.error().message.find("checksum"), std::string::npos);
  EXPECT_FALSE(Plan::load(Bytes(copy(*file, 10)), "short.plan"));
  EXPECT_FALSE(Plan::load(Bytes(copy(*file, file->size() - 1)), "short.plan"));
  EXPECT_FALSE(Plan::load(Bytes(), "empty.plan"));
}

}  // namespace paw::fuzz_plan_test
