// Decoded photos, kept so that later epochs and runs do not decode them again. A photo is kept as the model's
// preprocessing scales it before it cuts out the centre: what is cut from it is the same, to the bit, as from the
// photo.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/shelf.h"
#include "host/blob_cache.h"
#include "ir/preprocess.h"
#include "kernels/image/image.h"
#include "vision/image.h"
#include "vision/photo_facts.h"

namespace paw {

class PhotoCache {
 public:
  PhotoCache(BlobCache& blobs, const Preprocess& preprocess);
  ~PhotoCache();

  // The photo, upright, scaled. `sha256`: of its file, in hexadecimal. Errors: those of map_file and decode_photo. May
  // be called from several threads.
  Result<Image> read(const std::filesystem::path& photo, std::string_view sha256);

  // What the photo is, found when it is decoded and kept beside it; a file that cannot be decoded has facts too. kIo:
  // it cannot be read.
  Result<PhotoFacts> facts(const std::filesystem::path& photo, std::string_view sha256);

  // Photos that had to be decoded so far.
  std::int64_t decoded() const { return decoded_; }

 private:
  // Decodes, scales and keeps both; the facts of a failure too.
  Result<Image> decode(const std::filesystem::path& photo, std::string_view sha256, PhotoFacts& facts);

  struct Tools;  // what one thread needs to decode

  BlobCache& blobs_;
  Preprocess preprocess_;
  std::string settings_;  // what the pixels depend on besides the photo
  std::atomic<std::int64_t> decoded_ = 0;
  Shelf<Tools> shelf_;
};

// How the whole photo is scaled as `preprocess` scales it before it cuts out the centre; nothing: not at all, when the
// geometry does not cut or the photo would grow. Sizes are those of the upright photo.
Result<std::optional<ImageResize>> plan_scaled_photo(const Preprocess& preprocess, std::int64_t width,
                                                     std::int64_t height, std::string_view where);

}  // namespace paw
