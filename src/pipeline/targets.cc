#include "pipeline/targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/nearest.h"
#include "host/file.h"
#include "host/text.h"
#include "record/model_record.h"

namespace paw {

namespace {

constexpr TargetInfo kTargets[] = {
    {"litert", ".tflite", "LiteRT on phones and PCs"},
    {"mediapipe", ".tflite", "MediaPipe's image classifier, which stretches photos"},
    {"ios13", ".mlmodel", "iOS 13 and later"},
    {"ios15", ".mlpackage", "iOS 15 and later"},
    {"ios16", ".mlpackage", "iOS 16 and later"},
    {"ios17", ".mlpackage", "iOS 17 and later"},
    {"ios18", ".mlpackage", "iOS 18 and later"},
    {"x86-64-v3", ".plan", "PCs with AVX2"},
    {"arm64", ".plan", "phones with our engine"},
    {"web", ".plan", "our engine in WebAssembly"},
};

struct Named {
  std::string_view name;
  std::array<double, 3> scale, bias;
};

constexpr double kByte = 1.0 / 255;
// ImageNet's channel means and deviations, of pixels from 0 to 1, as torchvision has them.
constexpr std::array<double, 3> kMean = {0.485, 0.456, 0.406}, kDeviation = {0.229, 0.224, 0.225};

constexpr Named kNamed[] = {
    {"unit", {kByte, kByte, kByte}, {0, 0, 0}},
    {"symmetric", {1 / 127.5, 1 / 127.5, 1 / 127.5}, {-1, -1, -1}},
    {"imagenet",
     {kByte / kDeviation[0], kByte / kDeviation[1], kByte / kDeviation[2]},
     {-kMean[0] / kDeviation[0], -kMean[1] / kDeviation[1], -kMean[2] / kDeviation[2]}},
    {"raw", {1, 1, 1}, {0, 0, 0}},
};

}  // namespace

std::span<const TargetInfo> all_targets() { return kTargets; }

std::vector<std::string> target_names() {
  std::vector<std::string> names;
  for (const TargetInfo& target : kTargets) names.emplace_back(target.name);
  return names;
}

Status check_target(std::string_view target, std::string_view suffix) {
  if (target.empty()) return {};
  const auto* found = std::ranges::find(kTargets, target, &TargetInfo::name);
  if (found == std::end(kTargets)) {
    return fail(ErrorCode::kUsage, "--target", fmt::format("there is no target '{}'", printable(target)),
                fmt::format("there are {}", fmt::join(target_names(), ", ")));
  }
  if (found->suffix == suffix) return {};
  return fail(ErrorCode::kUsage, "--target", fmt::format("{} takes {} files, not {}", target, found->suffix, suffix),
              fmt::format("let the name of the output end in {}", found->suffix));
}

std::vector<std::string> preprocess_names() {
  std::vector<std::string> names;
  for (const Named& named : kNamed) names.emplace_back(named.name);
  return names;
}

Result<Preprocess> named_preprocess(const std::string& text, const Graph& graph) {
  const Shape image = graph.inputs.empty() ? Shape{} : graph.type(graph.inputs[0]).shape;
  if (graph.inputs.size() != 1 || image.rank() != 4 || (image[3] != 1 && image[3] != 3)) {
    return fail(ErrorCode::kUnsupported, "--preprocess", "the model has no single image input of 1 or 3 channels");
  }
  const auto* named = std::ranges::find(kNamed, text, &Named::name);
  if (named != std::end(kNamed)) {
    return Preprocess{.width = image[2],
                      .height = image[1],
                      .geometry = Geometry::kStretch,
                      .color = image[3] == 1 ? ColorOrder::kGray : ColorOrder::kRgb,
                      .scale = named->scale,
                      .bias = named->bias};
  }
  std::error_code error;
  if (!std::filesystem::exists(text, error)) {
    return fail(ErrorCode::kUsage, "--preprocess", fmt::format("'{}' is neither a name nor a file", printable(text)),
                fmt::format("there are {}, or name a JSON file", fmt::join(preprocess_names(), ", ")));
  }
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(text));
  return preprocess_from_json({reinterpret_cast<const char*>(file.data()), file.size()}, printable(text));
}

}  // namespace paw
