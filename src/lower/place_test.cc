// Live buffers never overlap, also where results take over memory in place and steps run in groups: 10,000 random
// graphs, judged from the written file by rules of this test's own.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <numeric>

#include "base/random.h"
#include "lower/draft.h"
#include "runtime/plan.h"
#include "runtime/steps.h"

namespace paw::place_test {

template <class P>
DraftStep make_step(const StepDef& def, const P& params, std::vector<BufferId> in, BufferId out) {
  DraftStep step{
      .def = &def, .params = std::vector<std::byte>(sizeof(P)), .in = std::move(in), .out = {out}, .source = {}};
  std::memcpy(step.params.data(), &params, sizeof(P));
  return step;
}

// Unary and binary steps over values of three sizes; a binary one may read its second operand out of step.
Draft random_draft(Random& random) {
  constexpr std::int64_t kSizes[] = {1, 700, 5000};
  Draft draft;
  std::vector<std::int64_t> sizes;
  const auto add = [&](std::int64_t floats) {
    draft.buffers.push_back({static_cast<std::uint64_t>(floats) * sizeof(float), std::nullopt});
    sizes.push_back(floats);
    return BufferId(sizes.size() - 1);
  };
  for (const std::int64_t size : kSizes) draft.inputs.push_back({"x", TensorType(DType::kF32, Shape{size}), add(size)});
  const std::uint64_t steps = 1 + random.below(16);
  for (std::uint64_t i = 0; i < steps; ++i) {
    const std::size_t a = random.below(sizes.size()), b = random.below(sizes.size());
    const std::int64_t floats = sizes[a];
    if (random.below(3) == 0 || (sizes[b] != floats && sizes[b] != 1)) {
      draft.steps.push_back(make_step(step::unary_f32, UnaryF32{.count = floats}, {BufferId(a)}, add(floats)));
    } else {
      BinaryF32 params;
      params.extents[kBinaryAxes - 1] = floats;
      params.a[kBinaryAxes - 1] = 1;
      params.b[kBinaryAxes - 1] = sizes[b] == floats ? 1 : 0;
      draft.steps.push_back(make_step(step::binary_f32, params, {BufferId(a), BufferId(b)}, add(floats)));
    }
  }
  for (std::size_t i = 0; i < 1 + random.below(2); ++i) {
    const std::size_t v = sizes.size() - 1 - random.below(std::min<std::size_t>(3, sizes.size()));
    draft.outputs.push_back({"y", TensorType(DType::kF32, Shape{sizes[v]}), BufferId(v)});
  }
  return draft;
}

// When a buffer holds something, in steps and in groups; and which buffers it may share memory with.
class Judge {
 public:
  explicit Judge(const Draft& draft) : draft_(draft), uses_(draft.buffers.size()), family_(draft.buffers.size()) {
    std::iota(family_.begin(), family_.end(), std::size_t{0});
    for (const DraftPort& port : draft.inputs) use(port.buffer.index, -1, -1);
    for (std::size_t i = 0; i < draft.steps.size(); ++i) {
      for (const BufferId id : draft.steps[i].in) use(id.index, static_cast<long>(i), draft.groups[i]);
      use(draft.steps[i].out[0].index, static_cast<long>(i), draft.groups[i]);
    }
    for (const DraftPort& port : draft.outputs) use(port.buffer.index, 1000, 1000);
    for (std::size_t i = 0; i < draft.steps.size(); ++i) link(i);
  }

  // May a and b, which overlap in memory, do so? `same`: they are the same memory from end to end.
  bool allowed(std::size_t a, std::size_t b, bool same) const {
    const Use &x = uses_[a], &y = uses_[b];
    if (x.last_group < y.first_group || y.last_group < x.first_group) return true;
    return same && family_[a] == family_[b] && (x.last <= y.first || y.last <= x.first);
  }
  bool used(std::size_t buffer) const { return uses_[buffer].last_group >= uses_[buffer].first_group; }

 private:
  struct Use {
    long first = 5000, last = -5, first_group = 5000, last_group = -5;
  };

  void use(std::size_t buffer, long step, long group) {
    Use& u = uses_[buffer];
    u = {std::min(u.first, step), std::max(u.last, step), std::min(u.first_group, group),
         std::max(u.last_group, group)};
  }

  // The result of step i may take over an input that it is the last to read, in step; unless it came from outside
  // and another step of the group reads it too, maybe beyond the block at hand.
  void link(std::size_t i) {
    const DraftStep& step = draft_.steps[i];
    const std::uint32_t bits = step.def->in_place(step.params.data());
    for (std::size_t k = 0; k < step.in.size(); ++k) {
      const std::size_t input = step.in[k].index;
      if ((bits >> k & 1u) == 0 || uses_[input].last != static_cast<long>(i)) continue;
      const bool outside = uses_[input].first_group != static_cast<long>(draft_.groups[i]);
      if (outside && read_out_of_step(i, input)) continue;
      std::ranges::replace(family_, family_[step.out[0].index], family_[input]);
    }
  }

  bool read_out_of_step(std::size_t i, std::size_t input) const {
    for (std::size_t k = 0; k < draft_.steps.size(); ++k) {
      if (k == i || draft_.groups[k] != draft_.groups[i]) continue;
      const DraftStep& step = draft_.steps[k];
      const std::uint32_t in_step = step.def->in_place(step.params.data());
      for (std::size_t j = 0; j < step.in.size(); ++j) {
        if (step.in[j] == BufferId(input) && (in_step >> j & 1u) == 0) return true;
      }
    }
    return false;
  }

  const Draft& draft_;
  std::vector<Use> uses_;
  std::vector<std::size_t> family_;
};

std::vector<BufferRecord> records_of(const Bytes& file) {
  PlanHeader header;
  std::memcpy(&header, file.data(), sizeof(header));
  std::vector<BufferRecord> records(header.buffers.count);
  std::memcpy(records.data(), file.data() + header.buffers.offset, records.size() * sizeof(BufferRecord));
  return records;
}

TEST(Place, LiveBuffersOfRandomGraphsNeverOverlap) {
  Random random(5);
  int shared = 0, grouped = 0;
  for (int round = 0; round < 10'000; ++round) {
    Draft draft = random_draft(random);
    random.below(4) == 0 ? no_groups(draft) : group_steps(draft);
    grouped += draft.groups.front() == draft.groups.back() && draft.groups.size() > 1;
    const Judge judge(draft);
    const std::vector<BufferRecord> records = records_of(write_plan(draft));
    ASSERT_EQ(records.size(), draft.buffers.size());
    for (std::size_t a = 0; a < records.size(); ++a) {
      for (std::size_t b = 0; b < a; ++b) {
        const BufferRecord &x = records[a], &y = records[b];
        if (!judge.used(a) || !judge.used(b)) continue;
        if (x.offset + x.bytes <= y.offset || y.offset + y.bytes <= x.offset) continue;
        const bool same = x.offset == y.offset && x.bytes == y.bytes;
        shared += same;
        ASSERT_TRUE(judge.allowed(a, b, same)) << "round " << round << ": buffers " << a << " and " << b;
      }
    }
  }
  EXPECT_GT(shared, 1000);
  EXPECT_GT(grouped, 100);
}

}  // namespace paw::place_test
