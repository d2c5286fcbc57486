#include "apps/project.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>

#include "apps/substitute.h"
#include "apps/templates.h"
#include "host/file.h"
#include "host/json.h"
#include "host/sha256.h"
#include "host/text.h"

namespace paw {

namespace fs = std::filesystem;

namespace {

std::vector<std::byte> bytes_of(std::string_view text) {
  std::vector<std::byte> out(text.size());
  if (!text.empty()) std::memcpy(out.data(), text.data(), text.size());
  return out;
}

std::vector<std::byte> bytes_of(std::span<const std::byte> data) { return {data.begin(), data.end()}; }

constexpr auto kExecutable = fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;

// It names the program that runs it.
bool is_script(std::span<const std::byte> file) {
  return file.size() >= 2 && file[0] == std::byte{'#'} && file[1] == std::byte{'!'};
}

std::string golden_name(std::size_t i) { return fmt::format("golden/{}.png", i); }

// What the app knows of its model: the one file that its code reads it from.
std::string model_json(const Platform& platform, const AppContent& c) {
  const Preprocess& p = c.preprocess;
  Json golden = Json::array();
  for (std::size_t i = 0; i < c.golden.size(); ++i) {
    golden.push_back({{"file", golden_name(i)}, {"scores", c.golden[i].scores}});
  }
  Json json = {{"name", c.name},
               {"labels", c.labels},
               {"threshold", c.threshold},
               {"tolerance", c.tolerance},
               {"preprocess",
                {{"width", p.width},
                 {"height", p.height},
                 {"geometry", static_cast<int>(p.geometry)},
                 {"resize_short", p.resize_short},
                 {"filter", static_cast<int>(p.filter)},
                 {"color", static_cast<int>(p.color)},
                 {"pad_value", p.pad_value},
                 {"scale", p.scale},
                 {"bias", p.bias}}}};
  for (const ModelSlot& slot : platform.models) {
    const std::string_view path = path_in_data(platform, slot);
    if (!path.empty()) json[std::string(slot.form)] = c.models.contains(slot.form) ? Json(path) : Json();
  }
  json["golden"] = std::move(golden);
  return to_text(json, 1) + "\n";
}

bool is_text(std::string_view path) {
  constexpr std::string_view kSuffixes[] = {".html",  ".js",  ".css",  ".json",    ".webmanifest",
                                            ".svg",   ".xml", ".kts",  ".swift",   ".kt",
                                            ".plist", ".yml", ".toml", ".pbxproj", ".md"};
  return std::ranges::any_of(kSuffixes, [&](std::string_view suffix) { return path.ends_with(suffix); });
}

// Of all that the project is made of: a new one for any change.
std::string version_of(const Platform& platform, const std::vector<AppFile>& data, const AppContent& content) {
  std::string all = content.id;
  const auto add = [&](std::string_view path, std::span<const std::byte> file) {
    all += fmt::format("\n{} {}", path, to_hex(sha256(file)));
  };
  for (const AppFile& file : data) add(file.path, file.data);
  for (const TemplateFile& file : template_files()) {
    if (file.platform == platform.name) add(file.path, file.data);
  }
  return to_hex(sha256(std::as_bytes(std::span(all)))).substr(0, 16);
}

// Model files, model.json, golden photos.
Result<std::vector<AppFile>> data_files(const Platform& platform, const AppContent& content) {
  std::vector<AppFile> files;
  for (const ModelSlot& slot : platform.models) {
    const auto found = content.models.find(slot.form);
    if (found != content.models.end()) {
      for (const AppFile& part : found->second) {
        files.push_back({fmt::format("{}{}{}", slot.path, part.path.empty() ? "" : "/", part.path), part.data});
      }
    } else if (!slot.optional) {
      return fail(ErrorCode::kInternal, std::string(platform.name), fmt::format("the app needs a {}", slot.form));
    }
  }
  const std::string folder = platform.data.empty() ? "" : fmt::format("{}/", platform.data);
  files.push_back({folder + "model.json", bytes_of(model_json(platform, content))});
  for (std::size_t i = 0; i < content.golden.size(); ++i) {
    files.push_back({folder + golden_name(i), bytes_of(content.golden[i].png.span())});
  }
  return files;
}

}  // namespace

Result<std::vector<AppFile>> project_files(const Platform& platform, const AppContent& content) {
  PAW_ASSIGN_OR_RETURN(std::vector<AppFile> files, data_files(platform, content));
  const std::string version = version_of(platform, files, content);
  Json names = Json::array();
  for (const AppFile& file : files) names.push_back(file.path);
  for (const TemplateFile& file : template_files()) {
    if (file.platform == platform.name) names.push_back(file.path);
  }
  std::string bundle_id = content.id;  // Apple's ids know no underscore
  std::ranges::replace(bundle_id, '_', '-');
  Values values = {{"name", content.name},
                   {"id", content.id},
                   {"bundle_id", bundle_id},
                   {"version", version},
                   {"files", to_text(names)}};
  values.insert(content.values.begin(), content.values.end());
  for (const TemplateFile& file : template_files()) {
    if (file.platform != platform.name) continue;
    if (!is_text(file.path)) {
      files.push_back({std::string(file.path), bytes_of(file.data)});
      continue;
    }
    const std::string_view text(reinterpret_cast<const char*>(file.data.data()), file.data.size());
    PAW_ASSIGN_OR_RETURN(const std::string filled, substitute(text, values, file.path));
    files.push_back({std::string(file.path), bytes_of(filled)});
  }
  std::ranges::sort(files, {}, &AppFile::path);
  return files;
}

Status check_app_folder(const fs::path& folder, bool force) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(fs::absolute(folder, error), error);
  fs::path above;
  for (const fs::path& part : whole) {
    if (part == "src" && fs::exists(above / "src/apps/templates", error)) {
      return fail(ErrorCode::kUsage, printable(folder.string()), "lies inside the sources of paw",
                  "name a folder elsewhere");
    }
    above /= part;
  }
  return check_output(folder, force);
}

Status write_project(const fs::path& folder, const std::vector<AppFile>& files) {
  fs::path target = folder;
  if (!target.has_filename()) target = target.parent_path();
  const fs::path draft = target.parent_path() / ("." + target.filename().string() + ".part");
  const auto failed = [&](const fs::path& path, const std::error_code& error) {
    std::error_code ignored;
    fs::remove_all(draft, ignored);
    return fail(ErrorCode::kIo, printable(path.string()), error.message());
  };
  std::error_code error;
  fs::remove_all(draft, error);
  for (const AppFile& file : files) {
    const fs::path path = draft / file.path;
    fs::create_directories(path.parent_path(), error);
    if (error) return failed(path.parent_path(), error);
    if (const Status written = write_file_unsynced(path, file.data); !written) {
      fs::remove_all(draft, error);
      return written;
    }
    if (is_script(file.data)) fs::permissions(path, kExecutable, fs::perm_options::add, error);
    if (error) return failed(path, error);
  }
  const Status moved = move_over(draft, target);
  fs::remove_all(draft, error);  // what stood there, or what could not be moved
  return moved;
}

}  // namespace paw
