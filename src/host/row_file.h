// Rows of one size in a file without a name: more than memory should hold, gone with the process.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

#include "base/error.h"

namespace paw {

class RowFile {
 public:
  // In `folder`. kIo: it cannot be written.
  static Result<RowFile> create(const std::filesystem::path& folder, std::size_t row_bytes);
  ~RowFile();
  RowFile(RowFile&& other) noexcept;
  RowFile& operator=(RowFile&& other) noexcept;

  // Rows may be written in any order and again. kIo: the disk is full.
  Status write(std::uint64_t row, std::span<const std::byte> data);
  // A row that was written before. From several threads at a time. kIo: the disk fails.
  Status read(std::uint64_t row, std::span<std::byte> data) const;

 private:
  RowFile(int fd, std::filesystem::path folder, std::size_t row_bytes)
      : fd_(fd), folder_(std::move(folder)), row_bytes_(row_bytes) {}
  int fd_ = -1;
  std::filesystem::path folder_;  // for messages
  std::size_t row_bytes_ = 0;
};

}  // namespace paw
