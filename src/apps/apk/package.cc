#include "apps/apk/package.h"

#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

#include "apps/apk/debug_key.h"
#include "apps/apk/zip.h"
#include "apps/templates.h"
#include "host/file.h"
#include "host/scratch_folder.h"
#include "host/subprocess.h"
#include "host/text.h"

namespace paw {

namespace fs = std::filesystem;

namespace {

constexpr double kMostSeconds = 120;  // of a tool
constexpr Tool kAapt{"aapt2", "aapt"}, kSigner{"apksigner", "apksigner"};
// Names of the platform's attributes and styles.
constexpr const char* kFramework = "/usr/share/android-framework-res/framework-res.apk";

bool is_source(const AppFile& file) { return file.path == "AndroidManifest.xml" || file.path.starts_with("res/"); }

Status write_sources(const ScratchFolder& scratch, const std::vector<AppFile>& files) {
  for (const AppFile& file : files) {
    if (!is_source(file)) continue;
    PAW_RETURN_IF_ERROR(scratch.write(file.path, file.data));
  }
  return {};
}

// What an archive that a tool of ours wrote holds.
Result<std::vector<AppFile>> read_archive(const std::string& path) {
  int code = 0;
  const std::unique_ptr<zip_t, void (*)(zip_t*)> archive(zip_open(path.c_str(), ZIP_RDONLY, &code), zip_discard);
  const auto broken = [&] { return fail(ErrorCode::kIo, printable(path), "cannot be read"); };
  if (archive == nullptr) return broken();
  std::vector<AppFile> out;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive.get(), 0); ++i) {
    const auto index = static_cast<zip_uint64_t>(i);
    zip_stat_t info;
    if (zip_stat_index(archive.get(), index, 0, &info) != 0) return broken();
    const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(zip_fopen_index(archive.get(), index, 0), zip_fclose);
    AppFile entry{info.name, std::vector<std::byte>(info.size)};
    if (file == nullptr || zip_fread(file.get(), entry.data.data(), info.size) != static_cast<zip_int64_t>(info.size)) {
      return broken();
    }
    out.push_back(std::move(entry));
  }
  return out;
}

// Manifest and resources in binary form.
Result<std::vector<AppFile>> compiled(const ScratchFolder& scratch, const std::vector<AppFile>& files) {
  PAW_ASSIGN_OR_RETURN(const fs::path aapt, find_tool(kAapt));
  PAW_RETURN_IF_ERROR(write_sources(scratch, files));
  PAW_RETURN_IF_ERROR(
      run_program(aapt, {"compile", "--dir", scratch / "res", "-o", scratch / "res.zip"}, kMostSeconds));
  PAW_RETURN_IF_ERROR(run_program(aapt,
                                  {"link", "-I", kFramework, "--manifest", scratch / "AndroidManifest.xml", "-o",
                                   scratch / "out.apk", scratch / "res.zip"},
                                  kMostSeconds));
  return read_archive(scratch / "out.apk");
}

Result<Bytes> signed_package(const ScratchFolder& scratch, const std::vector<std::byte>& package) {
  PAW_ASSIGN_OR_RETURN(const fs::path signer, find_tool(kSigner));
  PAW_ASSIGN_OR_RETURN(const SigningKey key, debug_key(debug_key_folder()));
  const std::string unsigned_path = scratch / "unsigned.apk", path = scratch / "signed.apk";
  PAW_RETURN_IF_ERROR(write_file_unsynced(unsigned_path, package));
  PAW_RETURN_IF_ERROR(run_program(
      signer,
      {"sign", "--key", key.key.string(), "--cert", key.certificate.string(), "--v1-signing-enabled", "false",
       "--v2-signing-enabled", "true", "--v3-signing-enabled", "true", "--in", unsigned_path, "--out", path},
      kMostSeconds));
  PAW_RETURN_IF_ERROR(run_program(signer, {"verify", path}, kMostSeconds));
  return map_file(path);
}

}  // namespace

Status check_packing() {
  for (const Tool& tool : {kAapt, kSigner}) PAW_RETURN_IF_ERROR(find_tool(tool));
  std::error_code error;
  if (!fs::exists(kFramework, error)) {
    return fail(ErrorCode::kIo, kFramework, "is not installed", "Debian: apt install android-framework-res");
  }
  const auto is_code = [](const TemplateFile& file) { return file.platform == "apk" && file.path == "classes.dex"; };
  if (std::ranges::any_of(template_files(), is_code)) return {};
  return fail(ErrorCode::kIo, "paw app --apk", "this paw was built without the code of Android apps",
              "run setup/jars with a network, remove build/release and call ./paw again");
}

Result<std::vector<AppFile>> package_apk(const std::vector<AppFile>& files, const std::string& id) {
  PAW_ASSIGN_OR_RETURN(const ScratchFolder scratch, ScratchFolder::make());
  PAW_ASSIGN_OR_RETURN(std::vector<AppFile> content, compiled(scratch, files));
  std::ranges::copy_if(files, std::back_inserter(content), [](const AppFile& file) { return !is_source(file); });
  std::ranges::sort(content, {}, &AppFile::path);
  PAW_ASSIGN_OR_RETURN(const std::vector<std::byte> package, aligned_zip(content));
  PAW_ASSIGN_OR_RETURN(const Bytes done, signed_package(scratch, package));
  return std::vector<AppFile>{{id.substr(id.rfind('.') + 1) + ".apk", {done.span().begin(), done.span().end()}}};
}

}  // namespace paw
