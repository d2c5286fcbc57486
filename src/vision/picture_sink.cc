#include "vision/picture_sink.h"

#include <algorithm>

#include "vision/orientation.h"

namespace paw {

namespace {

// Rows turned at once: where they become columns, each gives so many pixels to a line of the cache.
constexpr std::int64_t kStrip = 32;

}  // namespace

Status UprightPicture::begin(std::int64_t width, std::int64_t height, int orientation, std::string_view) {
  width_ = width;
  height_ = height;
  orientation_ = orientation;
  row_ = waiting_ = 0;
  const bool swaps = swaps_sides(orientation);
  image_.set_size(swaps ? height : width, swaps ? width : height);
  return {};
}

std::uint8_t* UprightPicture::room(std::int64_t rows) {
  const auto line = static_cast<std::size_t>(3 * width_);
  if (orientation_ == 1) return image_.rgb.data() + line * static_cast<std::size_t>(row_);
  const std::size_t needed = line * static_cast<std::size_t>(std::max(waiting_ + rows, kStrip));
  if (strip_.size() < needed) strip_.resize(needed);
  return strip_.data() + line * static_cast<std::size_t>(waiting_);
}

void UprightPicture::take(std::int64_t rows) {
  waiting_ += rows;
  if (orientation_ != 1) {
    if (waiting_ < kStrip && row_ + waiting_ < height_) return;
    turn_rows(strip_.data(), row_, waiting_, width_, height_, orientation_, image_);
  }
  row_ += waiting_;
  waiting_ = 0;
}

}  // namespace paw
