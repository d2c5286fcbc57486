#include "pipeline/run_photos.h"

#include <fmt/format.h>

#include <map>

#include "host/file.h"
#include "host/text.h"
#include "pipeline/trial_photos.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr const char* kBringBack =
    "bring it back as it was (manifest.csv lists every photo), or start again with --force";

// The manifest writes names that are not UTF-8 with escapes.
std::string manifest_name(const fs::path& path, const fs::path& root) {
  std::string name = path.lexically_relative(root).generic_string();
  return invalid_utf8(name) ? printable(name) : name;
}

}  // namespace

Result<RunPhotos> RunPhotos::open(const fs::path& manifest, const std::string& root) {
  PAW_ASSIGN_OR_RETURN(std::vector<ManifestRow> rows, read_manifest(manifest));
  std::map<std::string, fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    paths.emplace(manifest_name(at->path(), root), at->path());
  }
  RunPhotos photos;
  photos.root_ = root;
  for (ManifestRow& row : rows) {
    const auto found = paths.find(row.path);
    const fs::path path = found != paths.end() ? found->second : fs::path(root) / row.path;
    photos.photos_.push_back({path, std::move(row)});
  }
  return photos;
}

Status RunPhotos::unchanged() const {
  std::map<std::string, const Photo*> known;
  for (const Photo& photo : photos_) {
    known.emplace(photo.row.path, &photo);
    if (!photo.row.sha256) continue;
    const auto file = map_file(photo.path);
    if (!file) return fail(ErrorCode::kResumeRefused, photo.row.path, "the photo has gone since", kBringBack);
    if (sha256(file->span()) != *photo.row.sha256) {
      return fail(ErrorCode::kResumeRefused, photo.row.path, "the photo has changed since", kBringBack);
    }
  }
  PAW_ASSIGN_OR_RETURN(const std::vector<fs::path> files, photo_files(root_));
  for (const fs::path& file : files) {
    const std::string name = manifest_name(file, root_);
    if (known.contains(name)) continue;
    return fail(ErrorCode::kResumeRefused, name, "the photo is new", "take it away, or start again with --force");
  }
  return {};
}

Status RunPhotos::still_there() const {
  for (const Photo& photo : photos_) {
    std::error_code error;
    if (!photo.row.split || fs::is_regular_file(photo.path, error)) continue;
    return fail(ErrorCode::kBadData, photo.row.path, "the photo has gone while the run was at work", kBringBack);
  }
  return {};
}

std::vector<fs::path> RunPhotos::test(std::size_t most) const {
  std::vector<fs::path> all, spread;
  for (const Photo& photo : photos_) {
    if (photo.row.split == Split::kTest) all.push_back(photo.path);
  }
  if (all.size() <= most) return all;
  for (std::size_t i = 0; i < most; ++i) spread.push_back(all[i * all.size() / most]);
  return spread;
}

std::vector<fs::path> RunPhotos::test_of_each_class(std::size_t each) const {
  std::map<std::string, std::size_t> shown;
  std::vector<fs::path> out;
  for (const Photo& photo : photos_) {
    if (photo.row.split == Split::kTest && shown[photo.row.label]++ < each) out.push_back(photo.path);
  }
  return out;
}

}  // namespace paw
