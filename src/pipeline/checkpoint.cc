#include "pipeline/checkpoint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "formats/paw/container.h"
#include "host/file.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".ckpt";

// Tensors one behind the other, each aligned.
paw_file::NewSection tensor_section(std::string tag, const std::vector<Tensor>& tensors) {
  paw_file::NewSection section{.tag = std::move(tag), .parts = {}};
  std::uint64_t at = 0;
  for (const Tensor& tensor : tensors) {
    section.parts.push_back({at, tensor.data});
    at += paw_file::aligned(tensor.data.size());
  }
  return section;
}

Result<std::vector<Tensor>> tensors_of(const paw_file::Section& section, const std::vector<Tensor>& like,
                                       std::string_view where) {
  std::vector<Tensor> tensors;
  std::uint64_t at = 0;
  for (const Tensor& model : like) {
    if (at + model.data.size() > section.data.size()) {
      return fail(ErrorCode::kResumeRefused, where, "was written for another net or other settings");
    }
    tensors.push_back({model.type, Bytes::copy_of(section.data.span().subspan(at, model.data.size()))});
    at += paw_file::aligned(model.data.size());
  }
  return tensors;
}

Bytes bytes_of(std::string_view text) { return Bytes::copy_of(std::as_bytes(std::span(text))); }

// Those of that name, newest first.
std::vector<fs::path> checkpoints(const fs::path& folder, std::string_view name) {
  std::vector<fs::path> found;
  std::error_code error;
  for (const fs::directory_entry& file : fs::directory_iterator(folder, error)) {
    const std::string stem = file.path().stem().string();
    if (file.path().extension() == kSuffix && stem.substr(0, stem.rfind('-')) == name) found.push_back(file.path());
  }
  std::ranges::sort(found, std::greater{});
  return found;
}

Result<Checkpoint> read_one(const fs::path& path, const std::vector<Tensor>& like) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  PAW_ASSIGN_OR_RETURN(const std::vector<paw_file::Section> sections, paw_file::unpack(file, path.string()));
  Checkpoint checkpoint;
  bool has_state = false;
  for (const paw_file::Section& section : sections) {
    if (section.tag == "ABOU") {
      checkpoint.about.assign(reinterpret_cast<const char*>(section.data.data()), section.data.size());
    } else if (section.tag == "EPOC" && section.data.size() == sizeof(std::int64_t)) {
      std::memcpy(&checkpoint.state.epochs_done, section.data.data(), sizeof(std::int64_t));
    } else if (section.tag == "STAT") {
      PAW_ASSIGN_OR_RETURN(checkpoint.state.values, tensors_of(section, like, path.string()));
      has_state = true;
    } else if (section.tag == "BEST") {
      PAW_ASSIGN_OR_RETURN(checkpoint.best, tensors_of(section, like, path.string()));
    }
  }
  if (!has_state) return fail(ErrorCode::kResumeRefused, path.string(), "holds no state");
  return checkpoint;
}

}  // namespace

Status write_checkpoint(const fs::path& folder, std::string_view name, const Checkpoint& checkpoint) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) return fail(ErrorCode::kIo, folder.string(), "cannot create the folder: " + error.message());
  const std::int64_t epoch = checkpoint.state.epochs_done;
  const Bytes number = Bytes::copy_of(std::as_bytes(std::span(&epoch, 1)));
  std::vector<paw_file::NewSection> sections = {{"ABOU", {{0, bytes_of(checkpoint.about)}}},
                                                {"EPOC", {{0, number}}},
                                                tensor_section("STAT", checkpoint.state.values)};
  if (!checkpoint.best.empty()) sections.push_back(tensor_section("BEST", checkpoint.best));
  const fs::path path = folder / fmt::format("{}-{:06}{}", name, epoch, kSuffix);
  PAW_RETURN_IF_ERROR(write_file(path, paw_file::pack(sections).span()));
  const std::vector<fs::path> all = checkpoints(folder, name);
  for (std::size_t i = 2; i < all.size(); ++i) fs::remove(all[i], error);
  return {};
}

Result<std::optional<Checkpoint>> read_checkpoint(const fs::path& folder, std::string_view name,
                                                  const std::vector<Tensor>& like,
                                                  std::vector<std::string>& passed_over) {
  for (const fs::path& path : checkpoints(folder, name)) {
    Result<Checkpoint> checkpoint = read_one(path, like);
    if (checkpoint) return std::move(*checkpoint);
    if (checkpoint.error().code == ErrorCode::kResumeRefused) return std::unexpected(checkpoint.error());
    passed_over.push_back(checkpoint.error().text());
  }
  return std::nullopt;
}

}  // namespace paw
