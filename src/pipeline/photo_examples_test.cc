#include "pipeline/photo_examples.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "base/thread_pool.h"
#include "host/blob_cache.h"
#include "host/file.h"
#include "host/sha256.h"
#include "train/loader.h"
#include "vision/write_png.h"

namespace paw::photo_examples_test {

namespace fs = std::filesystem;

constexpr std::int64_t kSize = 16, kClasses = 2;
constexpr std::size_t kInput = kSize * kSize * 3;

// Everything that can be drawn is drawn.
constexpr Augmentation kAll{.rotate = 1, .blur = 0.5, .noise = 1, .jpeg = 1, .erase = 1};

class PhotoExamplesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("paw_examples_" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    for (std::int64_t i = 0; i < 6; ++i) {
      Image image{40, 30, {}};
      Random random(static_cast<std::uint64_t>(i));
      for (std::int64_t k = 0; k < 40 * 30 * 3; ++k) image.rgb.push_back(static_cast<std::uint8_t>(random.below(256)));
      const auto file = write_png(image);
      ASSERT_TRUE(file);
      const fs::path path = folder_ / (std::to_string(i) + ".png");
      ASSERT_TRUE(write_file(path.string(), file->span()));
      photos_.push_back({.path = path, .sha256 = to_hex(sha256(file->span())), .label = i % kClasses});
    }
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::unique_ptr<PhotoExamples> examples(std::vector<LabelledPhoto> photos, std::uint64_t seed) {
    PhotoExamples::Settings settings{
        .preprocess = {.width = kSize, .height = kSize}, .classes = kClasses, .seed = seed};
    settings.augmentation = kAll;
    settings.plain_epoch = 0;
    auto made = PhotoExamples::create(std::move(photos), settings, cache_);
    EXPECT_TRUE(made) << made.error().text();
    return std::move(*made);
  }

  // What the epoch sees of every photo.
  static std::vector<float> epoch_of(const PhotoExamples& examples, std::int64_t epoch, int threads = 1) {
    ThreadPool pool(threads);
    std::vector<std::int64_t> all;
    for (std::int64_t i = 0; i < examples.size(); ++i) all.push_back(i);
    std::vector<float> inputs(all.size() * kInput), targets(all.size() * kClasses);
    const Status status = load_batch(examples, all, epoch, inputs, targets, pool);
    EXPECT_TRUE(status) << status.error().text();
    return inputs;
  }

  fs::path folder_;
  std::vector<LabelledPhoto> photos_;
  BlobCache blobs_{{}, 0};
  PhotoCache cache_{blobs_, {.width = kSize, .height = kSize}};
};

TEST_F(PhotoExamplesTest, ViewsDependOnSeedEpochAndPhotoAlone) {
  const auto one = examples(photos_, 7);
  const std::vector<float> second = epoch_of(*one, 2);
  EXPECT_NE(epoch_of(*one, 1), second);
  EXPECT_EQ(epoch_of(*one, 2), second) << "what was read before must not matter";
  EXPECT_EQ(epoch_of(*one, 2, 3), second) << "nor the threads";
  EXPECT_NE(epoch_of(*examples(photos_, 8), 2), second);
  // Nor which other photos there are.
  const auto few = examples({photos_[3]}, 7);
  const std::vector<float> alone = epoch_of(*few, 2);
  EXPECT_TRUE(std::ranges::equal(alone, std::span(second).subspan(3 * kInput, kInput)));
}

TEST_F(PhotoExamplesTest, ThePlainEpochIsNotChanged) {
  const auto first = examples(photos_, 7), other = examples(photos_, 8);
  EXPECT_EQ(epoch_of(*first, 0), epoch_of(*other, 0));
}

}  // namespace paw::photo_examples_test
