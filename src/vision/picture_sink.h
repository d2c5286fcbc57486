// Where decoded pictures go: row by row, so that a large one need never be whole in memory.
#pragma once

#include <string_view>

#include "base/error.h"
#include "vision/image.h"

namespace paw {

// Takes a picture while it is decoded. Pixels are 8-bit RGB as they are stored, sRGB, on white.
class PictureSink {
 public:
  virtual ~PictureSink() = default;
  // First. Sizes are those of the stored picture; `orientation` is EXIF's, 1 to 8.
  virtual Status begin(std::int64_t width, std::int64_t height, int orientation, std::string_view where) = 0;
  // Memory for the next `rows` rows, [rows][width][3]. Until take() is called, asking again gives it with what was
  // written there.
  virtual std::uint8_t* room(std::int64_t rows) = 0;
  // Takes that many rows. All in all they are as many as the picture is high.
  virtual void take(std::int64_t rows) = 0;
};

// Keeps the whole picture, upright, in memory that picture after picture uses.
class UprightPicture final : public PictureSink {
 public:
  Status begin(std::int64_t width, std::int64_t height, int orientation, std::string_view where) override;
  std::uint8_t* room(std::int64_t rows) override;
  void take(std::int64_t rows) override;

  Image& image() { return image_; }

 private:
  Image image_;
  std::int64_t width_ = 0, height_ = 0;  // as stored
  int orientation_ = 1;
  std::int64_t row_ = 0;            // the next
  std::vector<std::uint8_t> rows_;  // those that must be turned
};

}  // namespace paw
