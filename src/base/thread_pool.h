// A pool for one static schedule: every thread runs the same function and meets the others at barriers. Threads spin
// shortly before they sleep, so that back-to-back inferences cost no wake-up.
#pragma once

#include <cstdint>
#include <memory>

namespace paw {

class ThreadPool {
 public:
  // threads >= 1, the caller included. Threads start here, once.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const;
  // Runs task(context, index) for index 0 (the caller) to size() - 1 and returns when all are done. Allocates nothing.
  // One run at a time.
  void run(void (*task)(void* context, int index), void* context);
  // Called by every thread inside a task: returns when all have arrived.
  void barrier();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace paw
