// A loop whose turns may run at the same time.
#pragma once

#include <atomic>
#include <cstddef>

#include "base/thread_pool.h"

namespace paw {

// body(i) for every i below `count`, on `threads` threads, in no order: each turn writes what is its own, so that the
// result does not depend on the threads.
template <class F>
void for_each_index(int threads, std::size_t count, const F& body) {
  struct Loop {
    const F& body;
    std::size_t count;
    std::atomic<std::size_t> next{0};
  } loop{body, count};
  ThreadPool pool(threads);
  pool.run(
      [](void* context, int) {
        auto& l = *static_cast<Loop*>(context);
        for (std::size_t i = l.next++; i < l.count; i = l.next++) l.body(i);
      },
      &loop);
}

}  // namespace paw
