#include "pipeline/photo_store.h"

#include <algorithm>
#include <filesystem>
#include <thread>

namespace paw {

namespace {

constexpr std::uint64_t kPhotoBytes = 8'000'000'000, kFeatureBytes = 4'000'000'000;

std::filesystem::path part(const char* name) {
  const std::filesystem::path folder = cache_folder();
  return folder.empty() ? folder : folder / name;
}

}  // namespace

int thread_count(std::int64_t asked) {
  return asked == 0 ? static_cast<int>(std::max(1u, std::thread::hardware_concurrency())) : static_cast<int>(asked);
}

PhotoStore::PhotoStore(const Preprocess& preprocess)
    : photo_blobs_(part("photos"), kPhotoBytes),
      feature_blobs_(part("features"), kFeatureBytes),
      photos_(photo_blobs_, preprocess) {}

}  // namespace paw
