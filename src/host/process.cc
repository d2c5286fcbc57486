#include "host/process.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <system_error>
#include <utility>

#include "host/text.h"

namespace paw {

namespace {

std::array<char, 512> last_words{};

// Only what POSIX allows in a signal handler.
extern "C" void end_process(int signal) {
  const ssize_t ignored = ::write(STDERR_FILENO, last_words.data(), std::strlen(last_words.data()));
  static_cast<void>(ignored);
  ::_exit(128 + signal);
}

}  // namespace

Result<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  FolderLock lock(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (lock.fd_ >= 0 && ::flock(lock.fd_, LOCK_EX | LOCK_NB) == 0) return lock;
  const int error = errno;
  if (lock.fd_ >= 0 && error == EWOULDBLOCK) {
    return fail(ErrorCode::kIo, printable(folder.string()), "is in use by another paw",
                "wait until it has finished, or choose another folder");
  }
  // Some network disks know no locks: go on without.
  if (lock.fd_ >= 0) return lock;
  return fail(ErrorCode::kIo, printable(folder.string()),
              "cannot be opened: " + std::generic_category().message(error));
}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

FolderLock::FolderLock(FolderLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

void end_when_interrupted(const std::string& message) {
  const std::string text = "\n" + message;
  const std::size_t size = std::min(text.size(), last_words.size() - 2);
  text.copy(last_words.data(), size);
  last_words[size] = '\n';
  last_words[size + 1] = 0;
  struct sigaction action{};
  action.sa_handler = end_process;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

}  // namespace paw
