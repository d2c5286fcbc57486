#include "base/thread_pool.h"

#if !defined(__wasm__)

#include <atomic>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace paw {

namespace {

// A pause takes about 15 ns (Zen 3): 30 us, longer than the gap between two steps. Then sleep, or, at a barrier, give
// the processor away: where threads outnumber free cores, the one that is waited for must get to run.
constexpr int kSpins = 2'000;

inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#endif
}

template <class Condition>
void wait_until(Condition done) {
  for (int spins = 0; !done(); ++spins) {
    if (spins < kSpins) {
      relax();
    } else {
      std::this_thread::yield();
    }
  }
}

}  // namespace

struct ThreadPool::State {
  int size = 1;
  void (*task)(void*, int) = nullptr;
  void* context = nullptr;
  std::atomic<std::uint32_t> generation{0};  // one more for every run; workers sleep on it
  std::atomic<int> running{0};               // workers that have not finished the current run
  std::atomic<bool> stop{false};
  std::atomic<int> waiting{0};          // threads at the barrier
  std::atomic<std::uint32_t> phase{0};  // one more for every barrier passed
  std::vector<std::thread> threads;

  void work(int index) {
    std::uint32_t seen = 0;
    for (;;) {
      int spins = 0;
      while (generation.load(std::memory_order_acquire) == seen) {
        if (++spins < kSpins) {
          relax();
        } else {
          generation.wait(seen, std::memory_order_acquire);
        }
      }
      ++seen;
      if (stop.load(std::memory_order_acquire)) return;
      task(context, index);
      running.fetch_sub(1, std::memory_order_acq_rel);
    }
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  state_->size = threads < 1 ? 1 : threads;
  state_->threads.reserve(static_cast<std::size_t>(state_->size - 1));
  for (int i = 1; i < state_->size; ++i) {
    state_->threads.emplace_back([state = state_.get(), i] { state->work(i); });
  }
}

ThreadPool::~ThreadPool() {
  state_->stop.store(true, std::memory_order_release);
  state_->generation.fetch_add(1, std::memory_order_acq_rel);
  state_->generation.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

int ThreadPool::size() const { return state_->size; }

void ThreadPool::run(void (*task)(void*, int), void* context) {
  State& s = *state_;
  if (s.size == 1) return task(context, 0);
  s.task = task;
  s.context = context;
  s.running.store(s.size - 1, std::memory_order_relaxed);
  s.generation.fetch_add(1, std::memory_order_acq_rel);
  s.generation.notify_all();
  task(context, 0);
  wait_until([&] { return s.running.load(std::memory_order_acquire) == 0; });
}

void ThreadPool::barrier() {
  State& s = *state_;
  if (s.size == 1) return;
  const std::uint32_t phase = s.phase.load(std::memory_order_acquire);
  if (s.waiting.fetch_add(1, std::memory_order_acq_rel) + 1 == s.size) {
    s.waiting.store(0, std::memory_order_relaxed);
    s.phase.fetch_add(1, std::memory_order_acq_rel);
    return;
  }
  wait_until([&] { return s.phase.load(std::memory_order_acquire) != phase; });
}

}  // namespace paw

#else

namespace paw {

// A WebAssembly module of ours has one thread: a pool of any size is the caller alone.
struct ThreadPool::State {};

ThreadPool::ThreadPool(int /*threads*/) {}
ThreadPool::~ThreadPool() = default;
int ThreadPool::size() const { return 1; }
void ThreadPool::run(void (*task)(void*, int), void* context) { task(context, 0); }
void ThreadPool::barrier() {}

}  // namespace paw

#endif
