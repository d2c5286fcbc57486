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

// Memory for rows that are read soon. At an odd address, and so, if rows are an even number of bytes, is each of them:
// libjpeg-turbo writes those at multiples of 32 past the caches, which made reading them twice as slow.
class RowMemory {
 public:
  std::uint8_t* room(std::int64_t bytes) {
    const auto needed = static_cast<std::size_t>(bytes + 1);
    if (memory_.size() < needed) memory_.resize(needed);
    return data();
  }
  std::uint8_t* data() { return memory_.data() + 1; }
  // Gives back what only formats that are decoded as a whole need.
  void trim() {
    if (memory_.size() > kMostKept) memory_ = {};
  }

 private:
  static constexpr std::size_t kMostKept = std::size_t{16} << 20;
  std::vector<std::uint8_t> memory_;
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
  std::int64_t row_ = 0;  // the next
  RowMemory rows_;        // those that must be turned
};

}  // namespace paw
