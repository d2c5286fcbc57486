#include "runtime/executor.h"

#include <chrono>
#include <vector>

namespace paw {

namespace {

// A block of a group of steps should stay in the second-level cache between its steps.
constexpr std::int64_t kBlockElements = 24 * 1024;

std::uint64_t now_ns() {
  using Clock = std::chrono::steady_clock;
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now().time_since_epoch()).count());
}

struct ReadyStep {
  const StepDef* def = nullptr;
  StepRun run;  // operands resolved; scratch and units per thread
};

// Consecutive steps that share their units.
struct Group {
  std::size_t first = 0, end = 0;
  std::int64_t units = 0;
  std::int64_t block = 0;  // units per pass over the group's steps
};

}  // namespace

struct Executor::State {
  State(const Plan& p, Isa isa, int threads)
      : plan(p), kernels(kernel_table(isa)), arena(p.arena_bytes()), pool(threads) {
    for (int i = 0; i < pool.size(); ++i) scratch.emplace_back(p.scratch_bytes());
  }

  void* memory(std::uint32_t buffer) {
    const BufferRecord& record = plan.buffers()[buffer];
    // Steps never write to constants (checked at load); one pointer type serves both.
    if (record.is_constant != 0) return const_cast<std::byte*>(plan.constant(record));
    return arena.data() + record.offset;
  }

  void resolve() {
    std::size_t operands = 0;
    for (const PlanStep& step : plan.steps()) operands += step.in.size() + step.out.size();
    pointers.reserve(operands);
    for (const PlanStep& step : plan.steps()) {
      const std::size_t in = pointers.size();
      for (const std::uint32_t b : step.in) pointers.push_back(b == kNoBuffer ? nullptr : memory(b));
      const std::size_t out = pointers.size();
      for (const std::uint32_t b : step.out) pointers.push_back(memory(b));
      steps.push_back({step.def, {kernels, step.params, pointers.data() + in, pointers.data() + out, nullptr, {}}});
    }
  }

  void make_groups() {
    const std::span<const PlanStep> all = plan.steps();
    for (std::size_t i = 0; i < all.size();) {
      Group group{.first = i, .end = i + 1, .units = all[i].units, .block = all[i].units};
      while (group.end < all.size() && all[group.end].group == all[i].group) ++group.end;
      if (group.end - group.first > 1) {
        const std::int64_t per_unit = all[i].def->unit_elements(all[i].params);
        group.block = kBlockElements / per_unit > 0 ? kBlockElements / per_unit : 1;
      }
      groups.push_back(group);
      i = group.end;
    }
  }

  // This thread's share of a group, block by block.
  void run_group(const Group& group, int index) {
    const Range mine = share(group.units, index, pool.size());
    for (std::int64_t begin = mine.begin; begin < mine.end; begin += group.block) {
      const std::int64_t end = begin + group.block < mine.end ? begin + group.block : mine.end;
      for (std::size_t i = group.first; i < group.end; ++i) {
        StepRun run = steps[i].run;
        run.scratch = scratch[static_cast<std::size_t>(index)].data();
        run.units = {begin, end};
        steps[i].def->run(run);
      }
    }
  }

  void work(int index) {
    for (const Group& group : groups) {
      const std::uint64_t begin = profiler.on_step != nullptr && index == 0 ? now_ns() : 0;
      run_group(group, index);
      pool.barrier();
      if (profiler.on_step != nullptr && index == 0) profiler.on_step(profiler.context, group.first, begin, now_ns());
    }
  }

  const Plan& plan;
  const KernelTable& kernels;
  AlignedBuffer arena;
  ThreadPool pool;
  std::vector<AlignedBuffer> scratch;
  std::vector<void*> pointers;
  std::vector<ReadyStep> steps;
  std::vector<Group> groups;
  Profiler profiler;
};

Executor::Executor(const Plan& plan, Isa isa, int threads) : state_(std::make_unique<State>(plan, isa, threads)) {
  state_->resolve();
  state_->make_groups();
}

Executor::~Executor() = default;

void* Executor::input(std::size_t i) { return state_->memory(state_->plan.inputs()[i].buffer); }

const void* Executor::output(std::size_t i) const { return state_->memory(state_->plan.outputs()[i].buffer); }

void Executor::set_profiler(Profiler profiler) { state_->profiler = profiler; }

void Executor::run() {
  state_->pool.run([](void* state, int index) { static_cast<State*>(state)->work(index); }, state_.get());
}

}  // namespace paw
