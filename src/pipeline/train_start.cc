#include "pipeline/train_start.h"

#include <fmt/format.h>

#include <filesystem>
#include <vector>

#include "base/nearest.h"
#include "host/file.h"
#include "host/sha256.h"
#include "nets/nets.h"
#include "pipeline/load.h"

namespace paw {

namespace {

Result<std::string> hash_of(const std::filesystem::path& file) {
  PAW_ASSIGN_OR_RETURN(const Bytes bytes, map_file(file));
  return to_hex(sha256(bytes.span()));
}

Result<TrainStart> from_backbone(const BackboneInfo& backbone) {
  TrainStart start{.transfer = true, .way = fmt::format("transfer from {}", backbone.name)};
  PAW_ASSIGN_OR_RETURN(start.model, load_backbone(backbone.name));
  PAW_ASSIGN_OR_RETURN(start.backbone_hash, hash_of(backbone_path(backbone)));
  return start;
}

Result<TrainStart> from_file(const std::string& path) {
  TrainStart start{.transfer = true, .way = "transfer from " + std::filesystem::path(path).filename().string()};
  PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model({.path = path, .net = {}}));
  start.model = std::move(loaded.model);
  PAW_RETURN_IF_ERROR(photo_preprocess(start.model, path));
  PAW_ASSIGN_OR_RETURN(start.backbone_hash, hash_of(path));
  return start;
}

Result<TrainStart> from_scratch(const TrainPhotosSettings& settings) {
  TrainStart start{.net = settings.net.empty() ? "pawnet" : settings.net};
  start.way = start.net + " from scratch";
  PAW_ASSIGN_OR_RETURN(start.model,
                       build_net(start.net, {.size = settings.size, .weights = NetOptions::Weights::kZero}));
  return start;
}

std::unexpected<Error> unknown_backbone(const std::string& name) {
  std::vector<std::string_view> known = {"none"};
  for (const BackboneInfo& backbone : all_backbones()) known.push_back(backbone.name);
  const std::string hint = did_you_mean(name, known);
  return fail(ErrorCode::kUsage, "paw train", fmt::format("there is no backbone, and no model file, '{}'", name),
              hint.empty() ? fmt::format("there are: {}", fmt::join(known, ", ")) : hint);
}

}  // namespace

const BackboneInfo& usual_backbone() { return *find_backbone("efficientnet-lite0"); }

Result<TrainStart> choose_start(const TrainPhotosSettings& settings,
                                const std::function<void(const std::string&)>& note) {
  Result<TrainStart> start = std::unexpected(Error{});
  if (!settings.net.empty() || settings.backbone == "none") {
    start = from_scratch(settings);
  } else if (settings.backbone.empty() && !settings.fine_tune && !has_backbone(usual_backbone())) {
    note("the pretrained backbone is not here (setup/backbone fetches it): training from scratch");
    start = from_scratch(settings);
  } else if (const BackboneInfo* named =
                 settings.backbone.empty() ? &usual_backbone() : find_backbone(settings.backbone)) {
    start = from_backbone(*named);
  } else {
    std::error_code error;
    start = std::filesystem::exists(settings.backbone, error) ? from_file(settings.backbone)
                                                              : unknown_backbone(settings.backbone);
  }
  if (start && !settings.geometry.empty()) {
    start->model.preprocess->geometry = *enum_named<Geometry>(settings.geometry);
    start->way += ", photos by " + settings.geometry;
  }
  if (start) note(start->way);
  return start;
}

}  // namespace paw
