// For tests: a model whose answers can be worked out by hand, its photos, and a folder for both.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <string>

#include "formats/paw/paw_file.h"
#include "host/file.h"
#include "ir/builder.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "vision/write_png.h"

namespace paw {

// Scores are the softmax of `gain` times the mean red, green and blue of the photo, each in [0, 1].
inline Model color_model(float gain, std::int64_t height = 4, std::int64_t width = 4) {
  GraphBuilder builder("colors");
  const ValueId image = builder.input("image", {DType::kF32, {1, height, width, 3}});
  builder.set_scope("look/at it");
  const ValueId seen = builder.call(op::relu, {image});
  builder.set_scope("mean");
  const ValueId mean = builder.call(op::reduce_mean, {seen}, ReduceAttrs{.axes = {1, 2}});
  const float weights[] = {gain, 0, 0, 0, gain, 0, 0, 0, gain};
  const ValueId logits =
      builder.call(op::fully_connected, {mean, builder.constant(Tensor::f32({3, 3}, weights), "weights")});
  builder.output(builder.call(op::softmax, {logits}));
  Model model;
  model.graph = *builder.finish();
  model.preprocess = Preprocess{.width = width, .height = height, .geometry = Geometry::kStretch};
  model.labels = {"red", "green", "blue"};
  return model;
}

// 8 x 8 pixels of one colour.
inline Image flat_picture(std::uint8_t red, std::uint8_t green, std::uint8_t blue) {
  Image image{8, 8, {}};
  for (int i = 0; i < 64; ++i) image.rgb.insert(image.rgb.end(), {red, green, blue});
  return image;
}

class ColorModelTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "paw-color-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const Model& model, const std::string& name = "model.paw") const {
    const auto bytes = write_paw(model);
    EXPECT_TRUE(bytes) << bytes.error().text();
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    EXPECT_TRUE(write_file(path(name), bytes->span()));
    return path(name);
  }
  // Returns its path.
  std::string write(const Image& image, const std::string& name) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    const auto png = write_png(image);
    EXPECT_TRUE(png && write_file(path(name), png->span()));
    return path(name);
  }
  std::string write_text(const std::string& name) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    EXPECT_TRUE(write_file(path(name), std::string_view("no photo")));
    return path(name);
  }

  std::filesystem::path folder_;
};

}  // namespace paw
