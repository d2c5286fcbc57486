#include "host/scratch_folder.h"

#include <stdlib.h>

#include <system_error>
#include <utility>

#include "host/file.h"
#include "host/text.h"

namespace paw {

Result<ScratchFolder> ScratchFolder::make() {
  std::error_code error;
  std::string pattern = (std::filesystem::temp_directory_path(error) / "paw-XXXXXX").string();
  if (error || ::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorCode::kIo, printable(pattern), "no folder can be made there");
  }
  return ScratchFolder(pattern);
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

Result<std::string> ScratchFolder::write(std::string_view name, std::span<const std::byte> data) const {
  std::string path = *this / name;
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  if (error) return fail(ErrorCode::kIo, printable(path), error.message());
  PAW_RETURN_IF_ERROR(write_file_unsynced(path, data));
  return path;
}

}  // namespace paw
