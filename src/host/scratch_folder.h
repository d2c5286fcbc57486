// A folder for files on the way to another program, in the system's place for such; it goes with this object.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace paw {

class ScratchFolder {
 public:
  // kIo: none can be made.
  static Result<ScratchFolder> make();
  ~ScratchFolder();
  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;

  // The path of a name in it.
  std::string operator/(std::string_view name) const { return (path_ / name).string(); }
  // The path of a new file in it. kIo.
  Result<std::string> write(std::string_view name, std::span<const std::byte> data) const;

 private:
  explicit ScratchFolder(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

}  // namespace paw
