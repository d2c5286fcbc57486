#include "vision/picture_sink.h"

#include "vision/orientation.h"

namespace paw {

Status UprightPicture::begin(std::int64_t width, std::int64_t height, int orientation, std::string_view) {
  width_ = width;
  height_ = height;
  orientation_ = orientation;
  row_ = 0;
  rows_.trim();
  const bool swaps = swaps_sides(orientation);
  image_.set_size(swaps ? height : width, swaps ? width : height);
  return {};
}

std::uint8_t* UprightPicture::room(std::int64_t rows) {
  if (orientation_ == 1) return image_.rgb.data() + 3 * row_ * width_;
  return rows_.room(3 * rows * width_);
}

void UprightPicture::take(std::int64_t rows) {
  if (orientation_ != 1) turn_rows(rows_.data(), row_, rows, width_, height_, orientation_, image_);
  row_ += rows;
}

}  // namespace paw
