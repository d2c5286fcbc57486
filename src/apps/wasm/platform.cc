// What the C and C++ libraries would import from a system: nothing, in an app's engine. There are no files, no
// environment and no clock that counts; what cannot go on traps, and the page says so.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" {

// WASI's numbers: 8 = bad file descriptor, 52 = not supported.
std::uint16_t __wasi_fd_close(int) { return 8; }
std::uint16_t __wasi_fd_seek(int, std::int64_t, std::uint8_t, std::uint64_t*) { return 8; }
std::uint16_t __wasi_fd_read(int, const void*, std::size_t, std::size_t*) { return 8; }
std::uint16_t __wasi_fd_write(int, const void*, std::size_t, std::size_t*) { return 8; }
std::uint16_t __wasi_fd_fdstat_get(int, void*) { return 8; }
std::uint16_t __wasi_environ_sizes_get(std::size_t* count, std::size_t* bytes) {
  *count = *bytes = 0;
  return 0;
}
std::uint16_t __wasi_environ_get(std::uint8_t**, std::uint8_t*) { return 0; }
std::uint16_t __wasi_clock_time_get(std::uint32_t, std::uint64_t, std::uint64_t* time) {
  *time = 0;
  return 0;
}
[[noreturn]] void __wasi_proc_exit(std::uint32_t) { __builtin_trap(); }

}  // extern "C"

// The library's own would bring in all of printf.
namespace std::inline __1 {
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept { __builtin_trap(); }
}  // namespace std::inline __1
