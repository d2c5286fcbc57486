#include "pipeline/model_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/nearest.h"
#include "formats/coreml/coreml_file.h"
#include "formats/paw/paw_file.h"
#include "formats/tflite/tflite_file.h"
#include "host/file.h"
#include "host/text.h"
#include "lower/lower.h"
#include "lower/retarget.h"
#include "ops/ops.h"
#include "runtime/plan.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

bool begins(std::span<const std::byte> file, std::string_view magic) {
  return file.size() >= magic.size() && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
}

ModelText described(const WriteChoices& choices) {
  ModelText text = choices.text;
  if (text.description.empty()) text.description = choices.name;
  return text;
}

// --- .paw ---

bool is_paw(const fs::path&, std::span<const std::byte> file) { return begins(file, "\x89PAW"); }

Result<ReadModel> read_paw_file(const fs::path& path) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  return read_paw_parts(file, path.string(), all_ops());
}

Status write_paw_file(const Model& model, const WriteChoices&, const fs::path& path, std::vector<std::string>&) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_paw(model));
  return write_file(path, file.span());
}

// --- .plan ---

bool is_plan(const fs::path&, std::span<const std::byte> file) { return begins(file, {"PAWPLAN\0", 8}); }

// What the engine calls a target of ours.
std::string_view plan_target(std::string_view target) {
  if (target == "web") return "wasm";
  return target == "arm64" ? "arm64" : kPlanTarget;
}

Status write_plan_file(const Model& model, const WriteChoices& choices, const fs::path& path,
                       std::vector<std::string>& notes) {
  PAW_ASSIGN_OR_RETURN(const Bytes here, lower(model.graph));
  PAW_ASSIGN_OR_RETURN(const Bytes file, retarget_plan(here, plan_target(choices.target)));
  notes.push_back("a plan holds neither labels nor preprocessing: the program that runs it must know them");
  return write_file(path, file.span());
}

// --- .tflite ---

bool is_tflite_file(const fs::path&, std::span<const std::byte> file) { return is_tflite(file); }

Result<ReadModel> read_tflite_file(const fs::path& path) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  return read_tflite(file, path.string());
}

Status write_tflite_file(const Model& model, const WriteChoices& choices, const fs::path& path,
                         std::vector<std::string>&) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_tflite(model, {.text = described(choices), .min_runtime = {}}));
  return write_file(path, file.span());
}

// --- Core ML ---

bool is_mlmodel_file(const fs::path&, std::span<const std::byte> file) { return is_mlmodel(file); }
bool is_mlpackage_folder(const fs::path& path, std::span<const std::byte>) { return is_mlpackage(path); }

Result<ReadModel> read_mlmodel_file(const fs::path& path) {
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  return read_mlmodel(file, path.string());
}

Result<ReadModel> read_mlpackage_folder(const fs::path& path) { return read_mlpackage(path); }

// The newest that the file may need; without a target any, and the file says the lowest that holds it.
IosVersion ios_of(std::string_view target) {
  if (target == "ios15") return IosVersion::kIos15;
  if (target == "ios16") return IosVersion::kIos16;
  return target == "ios17" ? IosVersion::kIos17 : IosVersion::kIos18;
}

Status write_mlpackage_folder(const Model& model, const WriteChoices& choices, const fs::path& path,
                              std::vector<std::string>& notes) {
  MlProgramOptions options{.at_least = ios_of(choices.target)};
  options.text = described(choices);
  PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, options, &notes));
  return save_mlpackage(package, path);
}

Status write_mlmodel_file(const Model& model, const WriteChoices& choices, const fs::path& path,
                          std::vector<std::string>& notes) {
  NeuralNetworkOptions options;
  options.text = described(choices);
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_neural_network(model, options, &notes));
  return write_file(path, file.span());
}

constexpr ModelFormat kFormats[] = {
    {.name = "paw",
     .suffix = ".paw",
     .title = "Pawprint",
     .recognises = is_paw,
     .read = read_paw_file,
     .write = write_paw_file,
     .own = true},
    {.name = "tflite",
     .suffix = ".tflite",
     .title = "TensorFlow Lite",
     .recognises = is_tflite_file,
     .read = read_tflite_file,
     .write = write_tflite_file},
    {.name = "mlpackage",
     .suffix = ".mlpackage",
     .title = "Core ML ML Program",
     .recognises = is_mlpackage_folder,
     .read = read_mlpackage_folder,
     .write = write_mlpackage_folder,
     .half = true,
     // Weights rounded to float16 alone move the score of one of 1,000 real photos, which stands at a half, by 0.016.
     .tolerance = 0.03},
    {.name = "mlmodel",
     .suffix = ".mlmodel",
     .title = "Core ML NeuralNetwork",
     .recognises = is_mlmodel_file,
     .read = read_mlmodel_file,
     .write = write_mlmodel_file},
    {.name = "plan", .suffix = ".plan", .title = "engine plan", .recognises = is_plan, .write = write_plan_file},
};

std::string known_titles() {
  std::vector<std::string> titles;
  for (const ModelFormat& format : kFormats) {
    if (format.read != nullptr) titles.push_back(fmt::format("{} ({})", format.title, format.suffix));
  }
  return fmt::format("{}", fmt::join(titles, ", "));
}

}  // namespace

std::span<const ModelFormat> model_formats() { return kFormats; }

Result<const ModelFormat*> recognise_model(const fs::path& path) {
  std::error_code error;
  Bytes file;
  if (!fs::is_directory(path, error)) {
    PAW_ASSIGN_OR_RETURN(file, map_file(path));
  }
  const auto* found =
      std::ranges::find_if(kFormats, [&](const ModelFormat& f) { return f.recognises(path, file.span()); });
  if (found != std::end(kFormats)) return found;
  const char* what = fs::is_directory(path, error) ? "is a folder, not a model" : "is not a model file that is known";
  return fail(ErrorCode::kUnsupported, printable(path.string()), what, "what is read: " + known_titles());
}

Result<const ModelFormat*> format_to_write(const fs::path& path) {
  const std::string suffix = path.extension().string();
  std::vector<std::string_view> known;
  for (const ModelFormat& format : kFormats) {
    if (format.write == nullptr) continue;
    if (format.suffix == suffix) return &format;
    known.push_back(format.suffix);
  }
  const std::string near = did_you_mean(suffix, known);
  return fail(ErrorCode::kUsage, printable(path.string()), "its name does not end in the suffix of a model format",
              fmt::format("{}{}there are {}", near, near.empty() ? "" : " ", fmt::join(known, ", ")));
}

std::uint64_t bytes_on_disk(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    const std::uintmax_t size = fs::file_size(path, error);
    return error ? 0 : size;
  }
  std::uint64_t sum = 0;
  for (const auto& entry : fs::recursive_directory_iterator(path, error)) {
    if (entry.is_regular_file(error) && !entry.is_symlink(error)) sum += entry.file_size(error);
  }
  return sum;
}

}  // namespace paw
