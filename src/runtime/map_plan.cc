#include "runtime/map_plan.h"

#include <cerrno>
#include <cstring>
#include <string>

#if (defined(__unix__) || defined(__APPLE__)) && !defined(PAW_APP_ENGINE)
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#endif

namespace paw {

#if (defined(__unix__) || defined(__APPLE__)) && !defined(PAW_APP_ENGINE)

Result<Bytes> map_plan(const char* path) {
  const auto failed = [&] { return fail(ErrorCode::kIo, path, std::strerror(errno)); };
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return failed();
  struct stat info{};
  if (::fstat(file, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size == 0) {
    ::close(file);
    return fail(ErrorCode::kIo, path, "not a file, or empty");
  }
  const auto size = static_cast<std::size_t>(info.st_size);
#if defined(MAP_POPULATE)
  constexpr int kFlags = MAP_PRIVATE | MAP_POPULATE;
#else
  constexpr int kFlags = MAP_PRIVATE;
#endif
  void* data = ::mmap(nullptr, size, PROT_READ, kFlags, file, 0);
  ::close(file);
  if (data == MAP_FAILED) return failed();
  const std::shared_ptr<const void> owner(data, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return Bytes(owner, {static_cast<const std::byte*>(data), size});
}

#else  // an app's plans come out of its assets

Result<Bytes> map_plan(const char* path) { return fail(ErrorCode::kIo, path, "there are no files here"); }

#endif

}  // namespace paw
