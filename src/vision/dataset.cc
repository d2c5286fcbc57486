#include "vision/dataset.h"

#include <algorithm>
#include <map>
#include <set>

#include "host/file.h"
#include "host/text.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

// Names that Windows and macOS leave in folders; hidden ones begin with a dot anyway.
bool system_name(std::string_view name) {
  static constexpr std::string_view kNames[] = {"thumbs.db", "ehthumbs.db",  "desktop.ini",
                                                "__macosx",  "$recycle.bin", "icon\r"};
  std::string small;
  for (const char c : name) small += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return name.starts_with('.') || std::ranges::find(kNames, small) != std::end(kNames);
}

std::string last_name(const fs::path& path) { return path.filename().native(); }

bool within(const fs::path& path, const fs::path& folder) {
  return std::ranges::mismatch(folder, path).in1 == folder.end();
}

class Scan {
 public:
  Scan(const fs::path& root, Progress& progress) : progress_(progress) { data_.root = root; }

  Result<Dataset> run() {
    std::error_code error;
    root_ = fs::canonical(data_.root, error);
    if (error) return io(error);
    PAW_ASSIGN_OR_RETURN(const std::vector<fs::path> top, top_level());
    std::vector<fs::path> folders;
    for (const fs::path& path : top) {
      if (is_folder(path)) {
        folders.push_back(path);
      } else {
        stray(path, {});
      }
    }
    data_.split_by_folder = is_split(folders);
    for (const fs::path& folder : folders) {
      if (data_.split_by_folder) {
        split_folder(folder);
      } else {
        class_folder(folder, std::nullopt);
      }
    }
    if (folders_.empty()) {
      return fail(ErrorCode::kBadData, printable(data_.root.string()), "holds no class folder",
                  "make one folder per class, named after it, with its photos inside");
    }
    for (const auto& [label, folder] : folders_) {
      data_.classes.push_back(label);
      data_.folders.push_back(folder.lexically_relative(root_).generic_string());
    }
    hash_files();
    judge_classes(data_);
    return std::move(data_);
  }

 private:
  std::unexpected<Error> io(const std::error_code& error) const {
    return fail(ErrorCode::kIo, printable(data_.root.string()), "cannot be read: " + error.message(),
                "check the path and its permissions");
  }

  Result<std::vector<fs::path>> top_level() const {
    std::error_code error;
    auto listed = list(root_, error);
    if (error) return io(error);
    return listed;
  }

  // Sorted, so that nothing depends on the file system.
  static std::vector<fs::path> list(const fs::path& folder, std::error_code& error) {
    std::vector<fs::path> found;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
      found.push_back(at->path());
    std::ranges::sort(found, {}, &fs::path::native);
    return found;
  }

  // Visible and not a link.
  static bool is_folder(const fs::path& path) {
    std::error_code error;
    return !system_name(last_name(path)) && fs::is_directory(fs::symlink_status(path, error));
  }

  static bool is_split(const std::vector<fs::path>& folders) {
    const auto named = [](const fs::path& path) { return enum_named<Split>(last_name(path)).has_value(); };
    const auto is_train = [](const fs::path& path) { return path.filename() == "train"; };
    return std::ranges::all_of(folders, named) && std::ranges::any_of(folders, is_train);
  }

  DatasetEntry& add(const fs::path& path, std::string_view label, std::optional<Split> split, Verdict verdict,
                    std::string reason = {}) {
    if (reason.empty()) reason = usual_reason(verdict);
    data_.entries.push_back({.path = path.lexically_relative(root_).generic_string(),
                             .label = std::string(label),
                             .split = split,
                             .sha256 = {},
                             .verdict = verdict,
                             .reason = std::move(reason)});
    return data_.entries.back();
  }

  // Something outside the class folders.
  void stray(const fs::path& path, std::optional<Split> split) {
    const Verdict verdict = look_at(path);
    add(path, {}, split, verdict == Verdict::kOk ? Verdict::kMisplaced : verdict);
  }

  void split_folder(const fs::path& folder) {
    const std::optional<Split> split = enum_named<Split>(last_name(folder));
    std::error_code error;
    for (const fs::path& path : list(folder, error)) {
      if (is_folder(path)) {
        class_folder(path, split);
      } else {
        stray(path, split);
      }
    }
    if (error) add(folder, {}, split, Verdict::kUnreadable, "cannot be read: " + error.message());
  }

  void class_folder(const fs::path& folder, std::optional<Split> split) {
    const std::string label = last_name(folder);
    if (invalid_utf8(label)) {
      add(folder, {}, split, Verdict::kNameNotUtf8);
      return;
    }
    folders_.emplace(label, folder);
    std::error_code error;
    for (const fs::path& path : list(folder, error)) {
      if (is_folder(path) && !invalid_utf8(last_name(path))) {
        add(path, label, split, Verdict::kMisplaced, "a folder within a class folder; its files are not looked at");
      } else {
        add(path, label, split, look_at(path));
      }
    }
    if (error) add(folder, label, split, Verdict::kUnreadable, "cannot be read: " + error.message());
  }

  Verdict look_at(const fs::path& path) const {
    const std::string name = last_name(path);
    if (system_name(name)) return Verdict::kSystemFile;
    return invalid_utf8(name) ? Verdict::kNameNotUtf8 : file_verdict(path);
  }

  // Without opening it: what a path is, links followed as far as they stay inside.
  Verdict file_verdict(const fs::path& path) const {
    std::error_code error;
    fs::file_status status = fs::symlink_status(path, error);
    if (status.type() == fs::file_type::symlink) {
      const fs::path target = fs::canonical(path, error);
      // A link to what may not be looked at could lead anywhere.
      if (error) return error == std::errc::permission_denied ? Verdict::kLinkOutside : Verdict::kBrokenLink;
      if (!within(target, root_)) return Verdict::kLinkOutside;
      status = fs::status(target, error);
      if (status.type() == fs::file_type::directory) return Verdict::kLinkFolder;
    }
    if (status.type() == fs::file_type::regular) return Verdict::kOk;
    return error || status.type() == fs::file_type::none ? Verdict::kUnreadable : Verdict::kNotAFile;
  }

  void hash_files() {
    const auto files = std::ranges::count_if(data_.entries, &DatasetEntry::usable);
    progress_.start("reading", static_cast<std::uint64_t>(files), "files");
    for (DatasetEntry& entry : data_.entries) {
      if (!entry.usable()) continue;
      const Result<Bytes> file = map_file(root_ / entry.path);
      if (file) {
        entry.bytes = file->size();
        entry.sha256 = sha256(file->span());
      } else {
        entry.verdict = Verdict::kUnreadable;
        entry.reason = file.error().message;
      }
      progress_.advance();
    }
    progress_.finish();
  }

  Progress& progress_;
  fs::path root_;  // canonical
  Dataset data_;
  std::map<std::string, fs::path> folders_;  // of each class, the first one
};

}  // namespace

Result<Dataset> scan_dataset(const fs::path& root, Progress& progress) { return Scan(root, progress).run(); }

void judge_classes(Dataset& dataset) {
  std::erase_if(dataset.entries, [](const DatasetEntry& entry) { return of_class(entry.verdict); });
  std::map<std::string, std::size_t> usable;
  std::set<std::string> named;  // paths with a verdict of their own, such as unreadable folders
  for (const DatasetEntry& entry : dataset.entries) {
    usable[entry.label] += entry.usable() ? 1u : 0u;
    named.insert(entry.path);
  }
  for (std::size_t i = 0; i < dataset.classes.size(); ++i) {
    const std::size_t photos = usable[dataset.classes[i]];
    if (photos > 1 || named.contains(dataset.folders[i])) continue;
    const Verdict verdict = photos == 0 ? Verdict::kEmptyClass : Verdict::kOnePhoto;
    dataset.entries.push_back({.path = dataset.folders[i],
                               .label = dataset.classes[i],
                               .split = {},
                               .sha256 = {},
                               .verdict = verdict,
                               .reason = std::string(usual_reason(verdict))});
  }
  std::ranges::sort(dataset.entries, {}, &DatasetEntry::path);
}

}  // namespace paw
