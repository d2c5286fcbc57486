// What processes do to each other: one at a time in a folder, and a clean end when interrupted.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace paw {

// Holds a folder against other processes that lock it too, as long as this lives. Leaves no file; ends with the
// process, however that ends.
class FolderLock {
 public:
  // kIo: another process holds it, or it cannot be opened.
  static Result<FolderLock> take(const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_ = -1;
};

// From now on SIGINT and SIGTERM write `message` and a newline to stderr and end the process with exit code 130 or 143.
// The files that write_file makes are whole all the same. The last call counts.
void end_when_interrupted(const std::string& message);

}  // namespace paw
