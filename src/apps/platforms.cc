#include "apps/platforms.h"

namespace paw {

namespace {

constexpr ModelSlot kWebModels[] = {{"plan", "model.plan"}, {"why", "why.plan", true}};

constexpr ModelSlot kApkModels[] = {{"plan", "assets/model.plan"}, {"why", "assets/why.plan", true}};

constexpr Platform kPlatforms[] = {
    {.name = "web", .title = "web app", .target = "wasm", .data = "", .models = kWebModels},
    {.name = "apk",
     .title = "installable Android app",
     .target = "android",
     .data = "assets",
     .models = kApkModels,
     .package = true},
};

}  // namespace

std::span<const Platform> all_platforms() { return kPlatforms; }

std::string_view path_in_data(const Platform& platform, const ModelSlot& slot) {
  if (platform.data.empty()) return slot.path;
  const std::size_t begin = platform.data.size() + 1;
  return slot.path.starts_with(platform.data) ? slot.path.substr(begin) : std::string_view();
}

}  // namespace paw
