// What the C++ library would bring, of what the engine uses: memory, strings, threads and the clock on Android's C
// library. Nothing throws: what cannot go on stops the process. Two rules of Android shape it: its loader before
// version 10 knows no thread-local segment, and its C library has names of its own for errno.
#include <linux/futex.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <thread>

namespace {

[[noreturn]] void stop() { abort(); }

void* memory(std::size_t bytes, std::size_t alignment) {
  void* out = nullptr;
  if (bytes == 0) bytes = 1;
  if (alignment <= 16) {
    out = malloc(bytes);
  } else if (posix_memalign(&out, alignment, bytes) != 0) {
    out = nullptr;
  }
  return out;
}

}  // namespace

void* operator new(std::size_t bytes) {
  void* out = memory(bytes, 1);
  return out == nullptr ? (stop(), out) : out;
}
void* operator new[](std::size_t bytes) { return operator new(bytes); }
void* operator new(std::size_t bytes, std::align_val_t alignment) {
  void* out = memory(bytes, static_cast<std::size_t>(alignment));
  return out == nullptr ? (stop(), out) : out;
}
void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept { return memory(bytes, 1); }
void* operator new(std::size_t bytes, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  return memory(bytes, static_cast<std::size_t>(alignment));
}
void operator delete(void* p) noexcept { free(p); }
void operator delete[](void* p) noexcept { free(p); }
void operator delete(void* p, std::size_t) noexcept { free(p); }
void operator delete[](void* p, std::size_t) noexcept { free(p); }
void operator delete(void* p, std::align_val_t) noexcept { free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { free(p); }

extern "C" {

[[noreturn]] void __cxa_pure_virtual() { stop(); }
void* __dso_handle = nullptr;

// Thread-local variables as compilers emulate them: one key of pthreads, behind it each thread's array of objects.
struct EmulatedTls {
  std::size_t size, alignment;
  std::uintptr_t index;  // from 1; 0: not used yet
  const void* initial;
};

namespace {

constexpr std::uintptr_t kMostVariables = 8;

struct ThreadVariables {
  void* of[kMostVariables];
};

pthread_once_t tls_once = PTHREAD_ONCE_INIT;
pthread_mutex_t tls_mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_key_t tls_key;
std::uintptr_t tls_count = 0;

void free_variables(void* all) {
  for (void* variable : static_cast<ThreadVariables*>(all)->of) free(variable);
  free(all);
}

void make_key() {
  if (pthread_key_create(&tls_key, free_variables) != 0) stop();
}

}  // namespace

void* __emutls_get_address(EmulatedTls* variable) {
  pthread_once(&tls_once, make_key);
  std::uintptr_t index = __atomic_load_n(&variable->index, __ATOMIC_ACQUIRE);
  if (index == 0) {
    pthread_mutex_lock(&tls_mutex);
    index = variable->index;
    if (index == 0) {
      index = ++tls_count;
      if (index > kMostVariables) stop();
      __atomic_store_n(&variable->index, index, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&tls_mutex);
  }
  auto* all = static_cast<ThreadVariables*>(pthread_getspecific(tls_key));
  if (all == nullptr) {
    all = static_cast<ThreadVariables*>(calloc(1, sizeof(ThreadVariables)));
    if (all == nullptr || pthread_setspecific(tls_key, all) != 0) stop();
  }
  void*& object = all->of[index - 1];
  if (object == nullptr) {
    object = memory(variable->size, variable->alignment);
    if (object == nullptr) stop();
    if (variable->initial != nullptr) {
      memcpy(object, variable->initial, variable->size);
    } else {
      memset(object, 0, variable->size);
    }
  }
  return object;
}

}  // extern "C"

namespace std::inline __1 {

[[noreturn]] void __libcpp_verbose_abort(const char*, ...) { stop(); }
[[noreturn]] void __throw_system_error(int, const char*) { stop(); }

template class basic_string<char>;
template string operator+(const char*, const string&);

// Big enough for any int64.
template <class T>
static string digits(T value) {
  char text[24];
  return {text, to_chars(text, text + sizeof(text), value).ptr};
}
string to_string(int value) { return digits(value); }
string to_string(unsigned value) { return digits(value); }
string to_string(long value) { return digits(value); }
string to_string(unsigned long value) { return digits(value); }
string to_string(long long value) { return digits(value); }
string to_string(unsigned long long value) { return digits(value); }

// Of scales, in messages alone: nine digits tell every float from its neighbours.
to_chars_result to_chars(char* first, char* last, float value) {
  const auto room = static_cast<size_t>(last - first);
  const int length = snprintf(first, room, "%.9g", static_cast<double>(value));
  if (length < 0 || static_cast<size_t>(length) >= room) return {last, errc::value_too_large};
  return {first + length, errc{}};
}

__shared_count::~__shared_count() = default;
__shared_weak_count::~__shared_weak_count() = default;
void __shared_weak_count::__release_weak() noexcept {
  if (__libcpp_atomic_refcount_decrement(__shared_weak_owners_) == -1) __on_zero_shared_weak();
}
const void* __shared_weak_count::__get_deleter(const type_info&) const noexcept { return nullptr; }

void mutex::lock() { pthread_mutex_lock(&__m_); }
void mutex::unlock() noexcept { pthread_mutex_unlock(&__m_); }

chrono::steady_clock::time_point chrono::steady_clock::now() noexcept {
  timespec t{};
  clock_gettime(CLOCK_MONOTONIC, &t);
  return time_point(chrono::seconds(t.tv_sec) + chrono::nanoseconds(t.tv_nsec));
}

// Atomics that are waited for share one counter of notifications, which waiters sleep on.
static uint32_t notifications = 0;
void __cxx_atomic_notify_all(const volatile void*) noexcept {
  __atomic_fetch_add(&notifications, 1, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &notifications, FUTEX_WAKE_PRIVATE, INT32_MAX, nullptr, nullptr, 0);
}
__cxx_contention_t __libcpp_atomic_monitor(const volatile void*) noexcept {
  return static_cast<__cxx_contention_t>(__atomic_load_n(&notifications, __ATOMIC_SEQ_CST));
}
void __libcpp_atomic_wait(const volatile void*, __cxx_contention_t seen) noexcept {
  syscall(SYS_futex, &notifications, FUTEX_WAIT_PRIVATE, seen, nullptr, nullptr, 0);
}

// A worker keeps nothing of its own that would have to be told of its end.
class __thread_struct_imp {};
__thread_struct::__thread_struct() : __p_(nullptr) {}
__thread_struct::~__thread_struct() = default;
static void end_thread(void* kept) { delete static_cast<__thread_struct*>(kept); }
__thread_specific_ptr<__thread_struct>& __thread_local_data() {
  alignas(__thread_specific_ptr<__thread_struct>) static char storage[sizeof(__thread_specific_ptr<__thread_struct>)];
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, [] {
    auto* key = reinterpret_cast<pthread_key_t*>(storage);
    if (pthread_key_create(key, end_thread) != 0) stop();
  });
  return *reinterpret_cast<__thread_specific_ptr<__thread_struct>*>(storage);
}
thread::~thread() {
  if (joinable()) stop();
}
void thread::join() {
  if (!joinable() || pthread_join(__t_, nullptr) != 0) stop();
  __t_ = {};
}

}  // namespace std::inline __1
