#include "memory_watch.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>

#if defined(__SANITIZE_ADDRESS__)
#define PAW_WATCH_ALLOCATIONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PAW_WATCH_ALLOCATIONS 1
#endif
#endif

#ifdef PAW_WATCH_ALLOCATIONS
// Of the sanitizer's runtime; the header that declares them does not come with every compiler.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*malloc_hook)(const volatile void*, std::size_t),
                                              void (*free_hook)(const volatile void*));
std::size_t __sanitizer_get_allocated_size(const volatile void* p);
}
// NOLINTEND(bugprone-reserved-identifier)
#endif

namespace paw {

namespace {

std::atomic<std::ptrdiff_t> held{0}, worst{0};

#ifdef PAW_WATCH_ALLOCATIONS
// ASan keeps freed memory for a while, so that the process's own size says nothing.
void on_malloc(const volatile void*, std::size_t bytes) {
  worst = std::max<std::ptrdiff_t>(worst, held += static_cast<std::ptrdiff_t>(bytes));
}
void on_free(const volatile void* p) {
  if (p == nullptr) return;
  held -= static_cast<std::ptrdiff_t>(__sanitizer_get_allocated_size(p));
}
#else
std::ptrdiff_t process_peak() {
  rusage usage{};
  return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss * 1024 : 0;
}
#endif

}  // namespace

#ifdef PAW_WATCH_ALLOCATIONS
MemoryWatch::MemoryWatch() {
  [[maybe_unused]] static const int installed = __sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
  held = worst = 0;
}
std::size_t MemoryWatch::peak() const { return static_cast<std::size_t>(std::max<std::ptrdiff_t>(worst, 0)); }
#else
MemoryWatch::MemoryWatch() { held = process_peak(); }
std::size_t MemoryWatch::peak() const {
  worst = process_peak() - held;
  return static_cast<std::size_t>(std::max<std::ptrdiff_t>(worst, 0));
}
#endif

}  // namespace paw
