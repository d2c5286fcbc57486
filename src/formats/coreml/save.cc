// Writing an .mlpackage folder: built beside its place, then put there at once.
#include "formats/coreml/coreml_file.h"
#include "host/file.h"
#include "host/text.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

std::unexpected<Error> io_error(const fs::path& path, std::string_view what, int error) {
  return fail(ErrorCode::kIo, printable(path.string()),
              std::string(what) + ": " + std::generic_category().message(error),
              "check the permissions and the free space of the folder");
}

// A folder that goes away with all in it unless it was moved.
class TemporaryFolder {
 public:
  static Result<TemporaryFolder> create(const fs::path& beside) {
    for (;;) {
      fs::path path = temporary_beside(beside);
      std::error_code error;
      if (fs::create_directory(path, error)) return TemporaryFolder(std::move(path));
      if (error && error != std::errc::file_exists) return io_error(beside, "cannot be written", error.value());
    }
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
  fs::path path_;
};

Status make_folders(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return io_error(path, "cannot be made", error.value());
  return {};
}

Status write_parts(const MlPackage& package, const fs::path& folder) {
  for (const auto& [path, file] : mlpackage_files(package)) {
    PAW_RETURN_IF_ERROR(make_folders((folder / path).parent_path()));
    PAW_RETURN_IF_ERROR(write_file(folder / path, file.span()));
  }
  return {};
}

}  // namespace

std::vector<std::pair<std::string_view, Bytes>> mlpackage_files(const MlPackage& package) {
  std::vector<std::pair<std::string_view, Bytes>> files = {{"Data/com.apple.CoreML/model.mlmodel", package.model}};
  if (!package.weights.empty()) files.emplace_back("Data/com.apple.CoreML/weights/weight.bin", package.weights);
  files.emplace_back("Manifest.json", package.manifest);
  return files;
}

Status save_mlpackage(const MlPackage& package, const fs::path& folder) {
  // "out/" is the folder out.
  const fs::path target = folder.has_filename() ? folder : folder.parent_path();
  std::error_code error;
  const fs::file_status status = fs::symlink_status(target, error);
  if (fs::exists(status) && !is_mlpackage(target)) {
    return fail(ErrorCode::kIo, printable(target.string()), "is there and no .mlpackage", "choose another name");
  }
  PAW_ASSIGN_OR_RETURN(const TemporaryFolder made, TemporaryFolder::create(fs::absolute(target)));
  PAW_RETURN_IF_ERROR(write_parts(package, made.path()));
  // The old package, if there is one, changes places with the new one and goes with the temporary folder.
  return move_over(made.path(), target);
}

}  // namespace paw
