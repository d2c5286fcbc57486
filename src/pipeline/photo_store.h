// What is kept of a user's photos between runs, in the cache folder: decoded photos, and features of frozen nets.
#pragma once

#include <cstdint>

#include "host/blob_cache.h"
#include "vision/photo_cache.h"

namespace paw {

// 0: all processors.
int thread_count(std::int64_t asked);

class PhotoStore {
 public:
  // For photos that a model with that preprocessing takes.
  explicit PhotoStore(const Preprocess& preprocess);
  PhotoCache& photos() { return photos_; }
  BlobCache& features() { return feature_blobs_; }

 private:
  BlobCache photo_blobs_, feature_blobs_;
  PhotoCache photos_;
};

}  // namespace paw
