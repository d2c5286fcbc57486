// What a frozen net gives for photos: computed once, kept on disk by content, read row by row while a classifier on it
// is trained.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "host/blob_cache.h"
#include "host/progress.h"
#include "host/row_file.h"
#include "ir/model.h"
#include "pipeline/photo_examples.h"

namespace paw {

// The frozen part of a net.
struct FeatureNet {
  Graph graph;  // image -> features [1,F]
  std::int64_t width = 0;
  std::string sha256;  // of the net it was taken from, with its preprocessing
};

// Of a model that has features (train/transfer.h). kUnsupported: it has none.
Result<FeatureNet> feature_net(const Model& model);

struct FeatureSettings {
  std::int64_t views = 1;  // of each photo: the plain one, then augmented ones
  std::int64_t classes = 0;
  Preprocess preprocess;
  Augmentation augmentation;
  std::uint64_t seed = 0;
  int threads = 1;
};

// In epoch e an example is view e % views of its photo.
class Features final : public ExampleSource {
 public:
  // Takes from `kept` what it has, computes the rest and keeps it there. Rows stand in a file without a name in
  // `folder`. Errors: of photos, of the engine, of the disk.
  static Result<std::unique_ptr<Features>> compute(const FeatureNet& net, std::vector<LabelledPhoto> photos,
                                                   const FeatureSettings& settings, PhotoCache& cache, BlobCache& kept,
                                                   const std::filesystem::path& folder, Progress& progress);

  std::int64_t size() const override { return std::ssize(photos_); }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override;
  const std::vector<LabelledPhoto>& photos() const { return photos_; }
  std::int64_t computed() const { return computed_; }  // rows that were not kept

 private:
  Features(std::vector<LabelledPhoto> photos, std::int64_t views, RowFile rows)
      : photos_(std::move(photos)), views_(views), rows_(std::move(rows)) {}
  std::vector<LabelledPhoto> photos_;
  std::int64_t views_;
  RowFile rows_;
  std::int64_t computed_ = 0;
};

// Some examples of a source, under new numbers. The source outlives it.
class SomeExamples final : public ExampleSource {
 public:
  SomeExamples(const ExampleSource& all, std::vector<std::int64_t> chosen) : all_(all), chosen_(std::move(chosen)) {}
  std::int64_t size() const override { return std::ssize(chosen_); }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override {
    return all_.read(chosen_[static_cast<std::size_t>(index)], epoch, input, target);
  }

 private:
  const ExampleSource& all_;
  std::vector<std::int64_t> chosen_;
};

}  // namespace paw
