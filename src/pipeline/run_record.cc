#include "pipeline/run_record.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/sha256.h"
#include "host/text.h"
#include "pipeline/photo_store.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

Result<std::string> file_hash(const fs::path& path) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  return to_hex(sha256(file.span()));
}

// A folder's name is taken away where a path begins, never within a word.
bool begins_path(std::string_view text, std::size_t at) {
  constexpr std::string_view kBefore = " '\"([,:";
  return at == 0 || kBefore.contains(text[at - 1]);
}

void leave_out(std::string& text, const std::string& folder) {
  for (std::size_t at = text.find(folder); at != std::string::npos; at = text.find(folder, at)) {
    if (begins_path(text, at)) {
      text.erase(at, folder.size());
    } else {
      ++at;
    }
  }
}

}  // namespace

Result<std::string> tree_hash(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return file_hash(path);
  std::vector<std::string> lines;
  for (fs::recursive_directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
    if (at->is_directory(error)) continue;
    PAW_ASSIGN_OR_RETURN(const std::string hash, file_hash(at->path()));
    lines.push_back(fmt::format("{}  {}\n", hash, at->path().lexically_relative(path).generic_string()));
  }
  if (error) return fail(ErrorCode::kIo, printable(path.string()), "cannot be listed: " + error.message());
  std::ranges::sort(lines, {}, [](const std::string& line) { return std::string_view(line).substr(64); });
  std::string text;
  for (const std::string& line : lines) text += line;
  return to_hex(sha256(std::as_bytes(std::span(text))));
}

void leave_out_folders(Json& json, const std::vector<std::string>& folders) {
  if (json.is_string()) {
    std::string text = json.get<std::string>();
    for (const std::string& folder : folders) leave_out(text, folder + "/");
    json = std::move(text);
  } else if (json.is_structured()) {
    for (auto& value : json) leave_out_folders(value, folders);
  }
}

Json host_record(const std::string& photos) {
  std::array<char, 256> name{};
  const bool named = ::gethostname(name.data(), name.size() - 1) == 0;
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  std::error_code error;
  return {{"started", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", now)},
          {"name", named ? name.data() : ""},
          {"processors", thread_count(0)},
          {"photos", printable(fs::absolute(photos, error).lexically_normal().string())}};
}

}  // namespace paw
