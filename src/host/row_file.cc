#include "host/row_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include "host/text.h"

namespace paw {

namespace {

std::unexpected<Error> failed(const std::filesystem::path& folder, std::string_view what, int error) {
  return fail(ErrorCode::kIo, printable(folder.string()),
              std::string(what) + ": " + std::generic_category().message(error),
              error == ENOSPC || error == EDQUOT ? "free some space or choose another folder" : "");
}

// All of it, at that place. 0 or errno; a file that ends before is EIO.
template <class Byte, class Call>
int transfer(int fd, Byte* data, std::size_t size, std::uint64_t at, const Call& call) {
  while (size > 0) {
    const ssize_t n = call(fd, data, size, static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n < 0 ? errno : EIO;
    data += n;
    size -= static_cast<std::size_t>(n);
    at += static_cast<std::uint64_t>(n);
  }
  return 0;
}

}  // namespace

Result<RowFile> RowFile::create(const std::filesystem::path& folder, std::size_t row_bytes) {
  std::string pattern = (folder / ".paw-rows-XXXXXX").string();
  const int fd = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (fd < 0) return failed(folder, "no temporary file can be made in it", errno);
  ::unlink(pattern.c_str());
  return RowFile(fd, folder, row_bytes);
}

RowFile::~RowFile() {
  if (fd_ >= 0) ::close(fd_);
}

RowFile::RowFile(RowFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), folder_(std::move(other.folder_)), row_bytes_(other.row_bytes_) {}

RowFile& RowFile::operator=(RowFile&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(folder_, other.folder_);
  std::swap(row_bytes_, other.row_bytes_);
  return *this;
}

Status RowFile::write(std::uint64_t row, std::span<const std::byte> data) {
  const int error = transfer(fd_, data.data(), data.size(), row * row_bytes_, ::pwrite);
  if (error != 0) return failed(folder_, "a temporary file cannot be written", error);
  return {};
}

Status RowFile::read(std::uint64_t row, std::span<std::byte> data) const {
  const int error = transfer(fd_, data.data(), data.size(), row * row_bytes_, ::pread);
  if (error != 0) return failed(folder_, "a temporary file cannot be read", error);
  return {};
}

}  // namespace paw
