#include "apps/platforms.h"

namespace paw {

namespace {

constexpr ModelSlot kWebModels[] = {{"plan", "model.plan"}, {"why", "why.plan", true}};

constexpr Platform kPlatforms[] = {
    {.name = "web", .title = "web app", .target = "wasm", .data = "", .models = kWebModels},
};

}  // namespace

std::span<const Platform> all_platforms() { return kPlatforms; }

}  // namespace paw
