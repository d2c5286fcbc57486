#include "pipeline/app_forms.h"

#include <fmt/format.h>

#include <algorithm>

#include "formats/coreml/coreml_file.h"
#include "formats/tflite/tflite_file.h"
#include "lower/lower.h"
#include "lower/retarget.h"
#include "pipeline/app_vectors.h"
#include "pipeline/measure_ranges.h"
#include "runtime/plan.h"

namespace paw {

namespace {

using Files = std::vector<AppFile>;
using Notes = std::vector<std::string>;

AppFile file_of(std::span<const std::byte> data, std::string_view path = {}) {
  return {std::string(path), {data.begin(), data.end()}};
}

Bytes only_file(const Files& files) { return Bytes::copy_of(files.front().data); }

// --- plan, why: our own engine's ---

Result<Files> make_plan(const AppModel& model, const Platform& platform, Progress&, Notes&) {
  PAW_ASSIGN_OR_RETURN(const Bytes here, lower(model.graph.main));
  PAW_ASSIGN_OR_RETURN(const Bytes plan, retarget_plan(here, platform.target));
  return Files{file_of(plan.span())};
}

Result<Files> make_why(const AppModel& model, const Platform& platform, Progress&, Notes&) {
  PAW_ASSIGN_OR_RETURN(const std::optional<Bytes> here, why_plan(model.graph));
  if (!here) return Files{};
  PAW_ASSIGN_OR_RETURN(const Bytes plan, retarget_plan(*here, platform.target));
  return Files{file_of(plan.span())};
}

Result<OpenedForm> open_plan(const Files& files) {
  PAW_ASSIGN_OR_RETURN(const Bytes here, retarget_plan(only_file(files), kPlanTarget));
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::of_plan(here, "the app's plan", 1));
  return OpenedForm{std::move(net)};
}

// --- tflite, mlpackage: models with floats outside ---

// With the names by which apps ask for input and outputs.
Result<Model> real_model(const AppModel& model) {
  Model out = model.model;
  PAW_ASSIGN_OR_RETURN(AppGraph real, with_real_ports(model.graph));
  out.graph = std::move(real.main);
  const auto name = [&](ValueId value, std::string_view as) {
    const ValueId holder = out.graph.find(as);
    if (holder.valid()) out.graph[holder].name.clear();
    out.graph[value].name = as;
  };
  name(out.graph.inputs[0], "image");
  name(out.graph.outputs[0], "scores");
  if (out.graph.outputs.size() > 1) name(out.graph.outputs[1], "features");
  return out;
}

Result<Files> make_tflite(const AppModel& model, const Platform&, Progress&, Notes&) {
  PAW_ASSIGN_OR_RETURN(const Model real, real_model(model));
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_tflite(real, {.text = {.description = model.name}, .min_runtime = {}}));
  return Files{file_of(file.span())};
}

Result<OpenedForm> open_tflite(const Files& files) {
  PAW_ASSIGN_OR_RETURN(const ReadModel read, read_tflite(only_file(files), "the app's model.tflite"));
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::create(read.model, 1, false));
  return OpenedForm{std::move(net)};
}

Result<Files> make_mlpackage(const AppModel& model, const Platform&, Progress& progress, Notes& notes) {
  PAW_ASSIGN_OR_RETURN(Model real, real_model(model));
  PAW_ASSIGN_OR_RETURN(const auto drawn, trial_photos(std::string()));
  PAW_RETURN_IF_ERROR(measure_ranges(real, *drawn, 1, progress));
  MlProgramOptions options{.at_least = IosVersion::kIos18};  // any; the file says the oldest
  options.text.description = model.name;
  PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(real, options, &notes));
  Files files;
  for (const auto& [path, file] : mlpackage_files(package)) files.push_back(file_of(file.span(), path));
  return files;
}

// The oldest iOS that runs a package, by the version that it says of itself.
Result<std::string> oldest_ios(const ReadModel& read) {
  constexpr std::pair<std::string_view, std::string_view> kVersions[] = {
      {"6", "15.0"}, {"7", "16.0"}, {"8", "17.0"}, {"9", "18.0"}};
  const auto said =
      std::ranges::find(read.metadata, "specification version", &std::pair<std::string, std::string>::first);
  if (said != read.metadata.end()) {
    for (const auto& [version, ios] : kVersions) {
      if (said->second == version) return std::string(ios);
    }
  }
  return fail(ErrorCode::kInternal, "the app's Model.mlpackage", "has no version of an ML Program");
}

Result<OpenedForm> open_mlpackage(const Files& files) {
  MlPackage package;
  for (const AppFile& file : files) {
    Bytes& part = file.path.ends_with(".mlmodel") ? package.model
                  : file.path.ends_with(".bin")   ? package.weights
                                                  : package.manifest;
    part = Bytes::copy_of(file.data);
  }
  PAW_ASSIGN_OR_RETURN(const ReadModel read, read_mlpackage(package, "the app's Model.mlpackage"));
  PAW_ASSIGN_OR_RETURN(const std::string ios, oldest_ios(read));
  PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::create(read.model, 1, false));
  return OpenedForm{std::move(net), {{"ios", ios}}};
}

// --- beside the model ---

// Height, width and depth of the feature map as 32-bit integers, then the weights; little-endian.
Result<Files> make_class_weights(const AppModel& model, const Platform&, Progress&, Notes&) {
  if (!model.graph.class_weights) return Files{};
  const Shape& features = model.graph.main.type(model.graph.main.outputs[1]).shape;
  std::vector<std::byte> file;
  for (const int axis : {1, 2, 3}) {
    const auto extent = static_cast<std::uint32_t>(features[axis]);
    for (const int shift : {0, 8, 16, 24}) file.push_back(static_cast<std::byte>(extent >> shift));
  }
  const auto weights = model.graph.class_weights->data.span();
  file.insert(file.end(), weights.begin(), weights.end());
  return Files{file_of(file)};
}

Result<Files> make_vectors(const AppModel& model, const Platform&, Progress&, Notes&) {
  PAW_ASSIGN_OR_RETURN(const std::string text, app_vectors(*model.model.preprocess));
  return Files{file_of(std::as_bytes(std::span(text)))};
}

constexpr AppForm kForms[] = {
    {.name = "plan", .make = make_plan, .open = open_plan},
    {.name = "why", .make = make_why},
    {.name = "tflite", .make = make_tflite, .open = open_tflite},
    // Computes in float16, which may make another of the 256 steps of an integer: pipeline/model_files.cc says what
    // that does.
    {.name = "mlpackage", .make = make_mlpackage, .open = open_mlpackage, .tolerance = 0.03, .integer_tolerance = 0.05},
    {.name = "class_weights", .make = make_class_weights},
    {.name = "vectors", .make = make_vectors},
};

}  // namespace

Result<const AppForm*> app_form(std::string_view name) {
  const auto* found = std::ranges::find(kForms, name, &AppForm::name);
  if (found != std::end(kForms)) return found;
  return fail(ErrorCode::kInternal, "apps", fmt::format("no form of a model is called '{}'", name));
}

}  // namespace paw
