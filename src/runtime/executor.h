// Executor: one plan, one arena, one pool of threads. run() allocates nothing, checks nothing and cannot fail.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "base/cpu.h"
#include "base/thread_pool.h"
#include "runtime/plan.h"

namespace paw {

// Called after each step by thread 0 when set; times in nanoseconds of a monotonic clock.
struct Profiler {
  void (*on_step)(void* context, std::size_t step, std::uint64_t begin_ns, std::uint64_t end_ns) = nullptr;
  void* context = nullptr;
};

class Executor {
 public:
  // Allocates arena and scratch, starts threads. The plan must outlive the executor.
  Executor(const Plan& plan, Isa isa, int threads);
  ~Executor();

  // The memory of input / output `i`, stable for the executor's life. Inputs are not kept intact by run() unless the
  // plan says so: write them before every run.
  void* input(std::size_t i);
  const void* output(std::size_t i) const;
  void set_profiler(Profiler profiler);
  void run();  // same bits for any number of threads

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace paw
