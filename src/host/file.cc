#include "host/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include "host/text.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int close() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

std::string hint_for(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return "free some space or choose another folder";
    case EFBIG: return "the file system or the shell's file size limit allows no larger file";
    case EACCES:
    case EPERM: return "check the permissions of the file and its folder";
    case EROFS: return "choose a folder on a disk that can be written";
    case ENOENT: return "check the path";
    case ENOTDIR: return "a part of the path is a file, not a folder";
    case ENAMETOOLONG: return "choose a shorter name";
    default: return {};
  }
}

std::unexpected<Error> io_error(const fs::path& path, std::string_view what, int error) {
  return fail(ErrorCode::kIo, printable(path.string()),
              std::string(what) + ": " + std::generic_category().message(error), hint_for(error));
}

// Why `mode` cannot be read or replaced as a file; empty for a regular file.
std::string not_a_file(mode_t mode) {
  if (S_ISREG(mode)) return {};
  return S_ISDIR(mode) ? "is a folder, not a file" : "is not a regular file";
}

int retry_open(const char* path, int flags, mode_t mode = 0) {
  int fd = -1;
  do fd = ::open(path, flags | O_CLOEXEC, mode);
  while (fd < 0 && errno == EINTR);
  return fd;
}

// 0 or errno.
int write_all(int fd, std::span<const std::byte> data) {
  constexpr std::size_t kChunk = std::size_t{1} << 30;  // below what one call may take
  while (!data.empty()) {
    const ssize_t n = ::write(fd, data.data(), std::min(data.size(), kChunk));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : EIO;
    data = data.subspan(static_cast<std::size_t>(n));
  }
  return 0;
}

// 0 or errno. Where a folder cannot be synced (file systems say EINVAL) or not be opened (it may be written but not
// listed), nothing more can be done.
int sync_folder(const fs::path& folder) {
  const Descriptor fd(retry_open(folder.c_str(), O_RDONLY | O_DIRECTORY));
  if (!fd.open()) return errno == EACCES ? 0 : errno;
  return ::fsync(fd.get()) == 0 || errno == EINVAL ? 0 : errno;
}

// How names on the way begin and end.
constexpr std::string_view kTemporary = ".paw-", kTemporaryEnd = ".tmp";

// A file beside the final one, removed again unless keep() was called.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& final_path) {
    do {
      path_ = temporary_beside(final_path);
      fd_ = retry_open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
    } while (fd_ < 0 && errno == EEXIST);  // left by a killed process that had the same number
    error_ = fd_ < 0 ? errno : 0;
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (fd_ >= 0 && !kept_) ::unlink(path_.c_str());
  }
  int fd() const { return fd_; }
  int error() const { return error_; }
  const fs::path& path() const { return path_; }
  void keep() { kept_ = true; }

 private:
  fs::path path_;
  int fd_ = -1;
  int error_ = 0;
  bool kept_ = false;
};

// Writes, syncs and closes. 0 or errno.
int fill(const TemporaryFile& file, std::span<const std::byte> data, const struct stat* replaced, bool sync) {
  Descriptor fd(file.fd());
  // Who may read the old file may read the new one, and nobody else.
  if (replaced != nullptr && ::fchmod(fd.get(), replaced->st_mode & 07777) != 0) return errno;
  if (const int error = write_all(fd.get(), data); error != 0) return error;
  if (sync && ::fsync(fd.get()) != 0) return errno;
  return fd.close() == 0 ? 0 : errno;  // some network disks report a full quota only here
}

Status write_renamed(const fs::path& path, std::span<const std::byte> data, bool sync) {
  struct stat info{};
  const bool exists = ::stat(path.c_str(), &info) == 0;
  if (exists) {
    if (std::string problem = not_a_file(info.st_mode); !problem.empty()) {
      return fail(ErrorCode::kIo, printable(path.string()), "cannot be written: it " + problem);
    }
  }
  if (!path.has_filename()) return fail(ErrorCode::kIo, printable(path.string()), "does not name a file");
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  TemporaryFile temporary(path);
  if (temporary.error() != 0) return io_error(path, "cannot be written", temporary.error());
  if (const int error = fill(temporary, data, exists ? &info : nullptr, sync); error != 0) {
    return io_error(path, "cannot be written", error);
  }
  if (::rename(temporary.path().c_str(), path.c_str()) != 0) return io_error(path, "cannot be written", errno);
  temporary.keep();
  if (const int error = sync ? sync_folder(folder) : 0; error != 0) return io_error(path, "cannot be written", error);
  return {};
}

}  // namespace

Result<Bytes> map_file(const fs::path& path) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  const Descriptor fd(retry_open(path.c_str(), O_RDONLY | O_NONBLOCK));
  if (!fd.open()) return io_error(path, "cannot be read", errno);
  struct stat info{};
  if (::fstat(fd.get(), &info) != 0) return io_error(path, "cannot be read", errno);
  if (std::string problem = not_a_file(info.st_mode); !problem.empty()) {
    return fail(ErrorCode::kIo, printable(path.string()), problem);
  }
  const auto size = static_cast<std::size_t>(info.st_size);
  if (size == 0) return Bytes{};
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd.get(), 0);
  if (address == MAP_FAILED) return io_error(path, "cannot be mapped", errno);
  std::shared_ptr<const void> mapping(address, [size](const void* p) { ::munmap(const_cast<void*>(p), size); });
  return Bytes(std::move(mapping), {static_cast<const std::byte*>(address), size});
}

Status write_file(const fs::path& path, std::span<const std::byte> data) { return write_renamed(path, data, true); }

Status write_file_unsynced(const fs::path& path, std::span<const std::byte> data) {
  return write_renamed(path, data, false);
}

Status write_file(const fs::path& path, std::string_view text) {
  return write_file(path, std::as_bytes(std::span(text)));
}

fs::path temporary_beside(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  return path.parent_path() / fmt::format("{}{}-{}{}", kTemporary, ::getpid(), counter++, kTemporaryEnd);
}

bool is_leftover(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(kTemporary) && name.ends_with(kTemporaryEnd);
}

Status move_over(const fs::path& from, const fs::path& to) {
  std::error_code error;
  const unsigned flags = fs::exists(fs::symlink_status(to, error)) ? RENAME_EXCHANGE : 0;
  if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags) == 0) return {};
  return io_error(to, "cannot be written", errno);
}

Status check_output(const fs::path& path, bool force) {
  std::error_code error;
  const bool exists = fs::exists(fs::symlink_status(path, error));
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    return io_error(path, "cannot be written", error.value());
  }
  if (!exists || force) return {};
  return fail(ErrorCode::kIo, printable(path.string()), "exists already",
              "choose another name, or replace it with --force");
}

}  // namespace paw
