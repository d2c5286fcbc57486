#include "runtime/executor.h"

#include <algorithm>
#include <chrono>
#include <vector>

namespace paw {

namespace {

// What the steps of a group write for one block should stay in the second-level cache between them.
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

std::int64_t round_up(std::int64_t n, std::int64_t to) { return ceil_div(n, to) * to; }

// Consecutive steps that share their units.
struct Group {
  std::size_t first = 0, end = 0;
  std::int64_t units = 0;
  std::int64_t share = 1;  // threads' parts are multiples of so many units
  std::int64_t block = 1;  // units per pass over the group's steps
  std::int64_t chain = 1;  // no pass goes beyond a multiple of it; 1: no limit

  // The end of the pass that begins at `begin`.
  std::int64_t pass_end(std::int64_t begin, std::int64_t limit) const {
    const std::int64_t whole = std::min(begin + block, limit);
    return chain > 1 ? std::min(whole, (begin / chain + 1) * chain) : whole;
  }
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
    for (std::size_t i = 0; i < all.size(); i = groups.back().end) {
      Group group{.first = i, .end = i, .units = all[i].units};
      std::int64_t grain = 1, per_unit = 1;
      for (; group.end < all.size() && all[group.end].group == all[i].group; ++group.end) {
        const PlanStep& step = all[group.end];
        grain = std::max(grain, step.grain);
        group.share = std::max({group.share, step.grain, step.chain});
        if (step.chain > 1) group.chain = group.chain > 1 ? std::min(group.chain, step.chain) : step.chain;
        if (step.def->unit_elements != nullptr) per_unit = std::max(per_unit, step.def->unit_elements(step.params));
      }
      const bool alone = group.end == i + 1;
      group.block =
          alone ? round_up(group.units, grain) : std::max(kBlockElements / per_unit / grain, std::int64_t{1}) * grain;
      groups.push_back(group);
    }
  }

  // This thread's share of a group, block by block.
  void run_group(const Group& group, int index) {
    const Range parts = share(ceil_div(group.units, group.share), index, pool.size());
    const std::int64_t limit = std::min(parts.end * group.share, group.units);
    for (std::int64_t begin = parts.begin * group.share; begin < limit;) {
      const std::int64_t end = group.pass_end(begin, limit);
      for (std::size_t i = group.first; i < group.end; ++i) {
        StepRun run = steps[i].run;
        run.scratch = scratch[static_cast<std::size_t>(index)].data();
        run.units = {begin, end};
        steps[i].def->run(run);
      }
      begin = end;
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
