#include "pipeline/exports.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

constexpr std::array kConverted = {"model.tflite", "model.mlmodel", "model.mlpackage"};
constexpr const char* kSmall = "model_small.tflite";

Status write_figures(const std::string& file, const Json& figures) {
  return write_file(file + ".json", figures.dump(2) + "\n");
}

std::string line(const std::string& file, std::uint64_t bytes, const Comparison& c) {
  return fmt::format("  {:<20} {:>9}  {} of {} answers as the trained model, largest difference {:.2g}\n",
                     fs::path(file).filename().string(), human_bytes(bytes), c.agree, c.images, c.max_abs_diff);
}

}  // namespace

Result<Exports> export_model(const ExportSettings& settings, Progress& progress) {
  std::error_code error;
  fs::create_directories(settings.folder, error);
  if (error) {
    return fail(ErrorCode::kIo, printable(settings.folder), "cannot create the folder: " + error.message());
  }
  const ModelSource source{.path = settings.model, .net = {}};
  const auto path = [&](const char* name) { return (fs::path(settings.folder) / name).string(); };
  Exports out;
  for (const char* name : kConverted) {
    progress.note(fmt::format("writing {}", name));
    const ConvertSettings convert_settings{
        .source = source, .output = path(name), .verify = {}, .force = true, .threads = settings.threads};
    PAW_ASSIGN_OR_RETURN(const ConvertResult result, convert(convert_settings, progress));
    PAW_RETURN_IF_ERROR(write_figures(result.output, to_json(result)));
    out.converted.push_back(result);
  }
  OptimizeSettings optimize_settings{.source = source,
                                     .output = path(kSmall),
                                     .recipe = "auto",
                                     .calibrate = settings.photos,
                                     .evaluate = {},
                                     .target = {},
                                     .max_drop = settings.max_drop,
                                     .quantise = {},
                                     .effort = settings.effort,
                                     .force = true};
  optimize_settings.quantise.threads = static_cast<int>(settings.threads);
  const auto small = optimize(optimize_settings, progress);
  if (small) {
    PAW_RETURN_IF_ERROR(write_figures(small->output, to_json(*small)));
    out.optimized.push_back(*small);
  } else if (small.error().code == ErrorCode::kGateFailed) {
    out.refused.push_back(small.error().text());
  } else {
    return std::unexpected(small.error());
  }
  return out;
}

Json to_json(const Exports& exports) {
  Json converted = Json::array(), optimized = Json::array();
  for (const ConvertResult& file : exports.converted) converted.push_back(to_json(file));
  for (const OptimizeResult& file : exports.optimized) optimized.push_back(to_json(file));
  return {{"converted", converted}, {"optimized", optimized}, {"refused", exports.refused}};
}

std::string to_text(const Exports& exports) {
  std::string text = "exported:\n";
  for (const ConvertResult& file : exports.converted) {
    if (file.verified) text += line(file.output, file.bytes, *file.verified);
  }
  for (const OptimizeResult& file : exports.optimized) {
    text += line(file.output, file.bytes, file.verified);
    text += to_text(file.tried);
  }
  for (const std::string& why : exports.refused) text += fmt::format("  no small file: {}\n", printable(why));
  return text;
}

}  // namespace paw
