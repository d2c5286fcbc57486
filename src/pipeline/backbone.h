// Pretrained backbones: where setup/backbone puts them, and each as a model that is ready to run.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "ir/model.h"

namespace paw {

struct BackboneInfo {
  std::string_view name;  // as flags call it: "efficientnet-lite0"
  std::string_view net;   // of build_net
  std::string_view file;  // in the cache folder
  std::uint64_t bytes = 0;
  std::string_view origin;  // package and version
};

// The list is that of setup/backbones.txt.
std::span<const BackboneInfo> all_backbones();
// Null when there is no such backbone.
const BackboneInfo* find_backbone(std::string_view name);

// Where it is or would be: $XDG_CACHE_HOME/pawprint/backbones/, else ~/.cache/pawprint/backbones/. Empty when the
// environment names neither folder.
std::filesystem::path backbone_path(const BackboneInfo& backbone);
// The whole file is there. Costs one look at the file system.
bool has_backbone(const BackboneInfo& backbone);

// The net with its published ImageNet weights: published preprocessing, 1000 classes in ImageNet's order (0 is tench),
// no labels, batch norms not folded, output "probabilities", "features" before the classifier. kUsage: unknown name.
// kIo: not there (the hint names the command) or unreadable. kUnsupported: another file than the one that
// setup/backbone checked.
Result<Model> load_backbone(std::string_view name);

}  // namespace paw
