// Labelled photos as examples: decoded once, prepared as the model's preprocessing says, changed at random for
// training.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/shelf.h"
#include "ir/preprocess.h"
#include "train/data.h"
#include "vision/augment.h"
#include "vision/photo_cache.h"

namespace paw {

struct LabelledPhoto {
  std::filesystem::path path;
  std::string sha256;  // of the file, hexadecimal
  std::int64_t label = 0;
  std::string file = {};                    // as the manifest calls it
  std::optional<std::uint32_t> group = {};  // of near-duplicates
};

// The first 60 bits of the photo's hash: what is drawn for it depends on them, not on its place in a list.
std::uint64_t photo_number(const LabelledPhoto& photo);

class PhotoExamples final : public ExampleSource {
 public:
  // Without augmentation every epoch sees the plain view. With it, what an epoch sees of a photo depends on the seed,
  // the epoch and the photo's hash alone; `plain_epoch`: that epoch sees the plain view all the same. `cache` must
  // outlive this.
  struct Settings {
    Preprocess preprocess;
    std::int64_t classes = 0;
    std::optional<Augmentation> augmentation;
    std::int64_t plain_epoch = -1;
    std::uint64_t seed = 0;
  };
  // kUnsupported: preprocessing that cannot be executed.
  static Result<std::unique_ptr<PhotoExamples>> create(std::vector<LabelledPhoto> photos, const Settings& settings,
                                                       PhotoCache& cache);
  ~PhotoExamples() override;

  std::int64_t size() const override { return static_cast<std::int64_t>(photos_.size()); }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override;
  const std::vector<LabelledPhoto>& photos() const { return photos_; }

 private:
  struct Tools;  // what one thread needs
  PhotoExamples(std::vector<LabelledPhoto> photos, const Settings& settings, PhotoCache& cache);
  Result<std::unique_ptr<Tools>> make_tools() const;
  Status prepare(Tools& tools, std::int64_t index, std::int64_t epoch, std::span<float> input) const;

  std::vector<LabelledPhoto> photos_;
  Settings settings_;
  PhotoCache& cache_;
  mutable Shelf<Tools> shelf_;
};

}  // namespace paw
