#include "formats/coreml/package.h"

#include <charconv>
#include <nlohmann/json.hpp>
#include <set>

#include "formats/coreml/refuse.h"
#include "host/file.h"
#include "host/json.h"
#include "host/sha256.h"
#include "host/text.h"

namespace paw::coreml {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kAuthor = "com.apple.CoreML";
constexpr std::string_view kModelName = "model.mlmodel", kWeightsName = "weights";
constexpr std::string_view kWeightsPrefix = "@model_path/weights/";
constexpr JsonLimits kLimits{.max_bytes = std::size_t{1} << 20, .max_depth = 8};

// Empty when `path` names something below a folder in the plain way: no "..", no absolute path, no empty part.
std::string unsafe(std::string_view path) {
  if (path.empty() || path.size() > 1024) return "is empty or too long";
  if (path.find('\\') != path.npos || path.find('\0') != path.npos) return "holds a character that no path here has";
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return "leads out of the package";
    at = end + 1;
  }
  return {};
}

// Every part of `relative` below `base` is a folder or file itself, not a link to one.
Status no_links(const fs::path& base, const fs::path& relative) {
  fs::path at = base;
  for (const fs::path& part : relative) {
    at /= part;
    std::error_code error;
    const fs::file_status status = fs::symlink_status(at, error);
    if (!error && fs::is_symlink(status))
      return refuse(printable(at.string()), "is a symbolic link, which a package must not hold");
  }
  return {};
}

class Manifest {
 public:
  static Result<Manifest> read(const fs::path& folder) {
    PAW_RETURN_IF_ERROR(no_links(folder, "Manifest.json"));
    PAW_ASSIGN_OR_RETURN(const Bytes bytes, map_file(folder / "Manifest.json"));
    Manifest manifest;
    manifest.where_ = printable((folder / "Manifest.json").string());
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    PAW_ASSIGN_OR_RETURN(manifest.json_, parse_json(text, manifest.where_, kLimits));
    PAW_RETURN_IF_ERROR(manifest.check());
    return manifest;
  }

  // Path of the item below Data/; empty: there is none of that identifier.
  std::string path_of(const std::string& identifier) const {
    const Json& items = json_["itemInfoEntries"];
    return items.contains(identifier) ? items[identifier]["path"].get<std::string>() : std::string();
  }
  std::string root() const { return path_of(json_["rootModelIdentifier"].get<std::string>()); }
  bool lists(std::string_view path) const { return paths_.contains(std::string(path)); }
  const std::string& where() const { return where_; }

 private:
  Status check() {
    if (!json_.is_object()) return refuse(where_, "is not a JSON object");
    PAW_RETURN_IF_ERROR(check_version());
    if (!json_.contains("itemInfoEntries") || !json_["itemInfoEntries"].is_object()) {
      return refuse(where_, "lists no items");
    }
    for (const auto& [identifier, item] : json_["itemInfoEntries"].items())
      PAW_RETURN_IF_ERROR(check_item(identifier, item));
    const bool named = json_.contains("rootModelIdentifier") && json_["rootModelIdentifier"].is_string();
    if (!named || root().empty()) return refuse(where_, "does not say which item is the model");
    return {};
  }

  Status check_version() const {
    const auto found = json_.find("fileFormatVersion");
    const std::string version = found != json_.end() && found->is_string() ? found->get<std::string>() : "";
    int major = 0;
    const auto parsed = std::from_chars(version.data(), version.data() + version.size(), major);
    if (parsed.ec != std::errc() || parsed.ptr == version.data() + version.size() || *parsed.ptr != '.') {
      return refuse(where_, "its fileFormatVersion is missing or not like 1.0.0");
    }
    if (major != 1) return refuse(where_, "has format version " + printable(version) + "; 1.0.0 is supported");
    return {};
  }

  Status check_item(const std::string& identifier, const Json& item) {
    const std::string where = where_ + ": item '" + printable(identifier) + "'";
    for (const char* key : {"path", "name", "author", "description"}) {
      if (!item.is_object() || !item.contains(key) || !item[key].is_string()) {
        return refuse(where, std::string("its ") + key + " is missing");
      }
    }
    const auto path = item["path"].get<std::string>();
    if (const std::string problem = unsafe(path); !problem.empty()) {
      return refuse(where, "its path '" + printable(path) + "' " + problem);
    }
    if (!paths_.insert(path).second) return refuse(where, "another item has the same path");
    return {};
  }

  Json json_;
  std::string where_;
  std::set<std::string> paths_;
};

std::string identifier(std::string_view what, const Bytes& content) {
  const std::string text = std::string(what) + to_hex(sha256(content.span()));
  std::string hex = to_hex(sha256(std::as_bytes(std::span(text))));
  hex.resize(32);
  // RFC 9562: version 8, made by the rules of who makes it; variant 10.
  hex[12] = '8';
  hex[16] = "89ab"[static_cast<unsigned char>(hex[16]) % 4];
  for (char& c : hex) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  for (const std::size_t at : {8u, 13u, 18u, 23u}) hex.insert(at, "-");
  return hex;
}

}  // namespace

Result<PackageFiles> open_package(const fs::path& folder) {
  PAW_ASSIGN_OR_RETURN(const Manifest manifest, Manifest::read(folder));
  const fs::path root = manifest.root();
  const fs::path below = fs::path("Data") / root;
  PAW_RETURN_IF_ERROR(no_links(folder, below));
  PackageFiles files;
  PAW_ASSIGN_OR_RETURN(files.model, map_file(folder / below));
  const fs::path weights = root.parent_path() / kWeightsName;
  if (manifest.lists(weights.generic_string())) files.weights = folder / "Data" / weights;
  if (!files.weights.empty()) PAW_RETURN_IF_ERROR(no_links(folder, fs::path("Data") / weights));
  return files;
}

Result<Bytes> open_weights(const PackageFiles& files, std::string_view name, std::string_view where) {
  const std::string shown = "the weight file '" + printable(name) + "'";
  if (!name.starts_with(kWeightsPrefix)) return refuse(std::string(where), shown + " is outside the package");
  const std::string_view file = name.substr(kWeightsPrefix.size());
  if (file.find('/') != file.npos || !unsafe(file).empty())
    return refuse(std::string(where), shown + " is outside the package");
  if (files.weights.empty()) return refuse(std::string(where), shown + " is not listed in the manifest");
  PAW_RETURN_IF_ERROR(no_links(files.weights, fs::path(file)));
  std::error_code error;
  if (!fs::is_regular_file(files.weights / file, error)) return refuse(std::string(where), shown + " is missing");
  return map_file(files.weights / file);
}

std::string make_manifest(const Bytes& model, const Bytes& weights) {
  const auto item = [](std::string_view name, std::string_view description) {
    const std::string path = std::string(kAuthor) + "/" + std::string(name);
    return Json{{"author", kAuthor}, {"description", description}, {"name", name}, {"path", path}};
  };
  const std::string root = identifier(kModelName, model);
  Json json;
  json["fileFormatVersion"] = "1.0.0";
  json["itemInfoEntries"][root] = item(kModelName, "CoreML Model Specification");
  if (!weights.empty()) {
    json["itemInfoEntries"][identifier(kWeightsName, weights)] = item(kWeightsName, "CoreML Model Weights");
  }
  json["rootModelIdentifier"] = root;
  return to_text(json, 4) + "\n";
}

}  // namespace paw::coreml
