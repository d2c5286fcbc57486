#include "vision/resized_picture.h"

#include "vision/orientation.h"

namespace paw {

namespace {

bool shrinks(const ImageAxis& axis) { return axis.scaled <= axis.source; }

}  // namespace

Result<std::unique_ptr<ResizedPicture>> ResizedPicture::create(Plan plan) {
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  return std::unique_ptr<ResizedPicture>(new ResizedPicture(std::move(plan), kernel_table(isa)));
}

Status ResizedPicture::begin(std::int64_t width, std::int64_t height, int orientation, std::string_view where) {
  resizer_.reset();
  rows_.trim();
  orientation_ = orientation;
  const bool swaps = swaps_sides(orientation);
  PAW_ASSIGN_OR_RETURN(resize_, plan_(swaps ? height : width, swaps ? width : height, where));
  // Sums of what grows would take too much memory.
  if (!resize_ || !shrinks(resize_->x) || !shrinks(resize_->y)) return whole_.begin(width, height, orientation, where);
  const ImageResize resize = resize_as_stored(*resize_, orientation);
  const Range columns{0, resize.x.count};
  memory_.prepare(resize, ImageResizer::bytes(resize, columns));
  stored_.set_size(resize.x.target, resize.y.target);
  pad_image(resize, stored_.rgb.data());
  row_bytes_ = resize.row_bytes;
  resizer_.emplace(kernels_, resize, memory_.tables(), columns, stored_.rgb.data(), memory_.scratch());
  return {};
}

std::uint8_t* ResizedPicture::room(std::int64_t rows) {
  if (!resizer_) return whole_.room(rows);
  return rows_.room(rows * row_bytes_ + kImageSlack);
}

void ResizedPicture::take(std::int64_t rows) { resizer_ ? resizer_->push(rows_.data(), rows) : whole_.take(rows); }

Image& ResizedPicture::picture() {
  if (!resize_) return whole_.image();
  if (resizer_) {
    if (orientation_ == 1) return stored_;
    turn_upright(stored_, orientation_, picture_);
    return picture_;
  }
  memory_.prepare(*resize_, resize_image_bytes(*resize_));
  picture_.set_size(resize_->x.target, resize_->y.target);
  resize_image(kernels_, *resize_, memory_.tables(), whole_.image().rgb.data(), picture_.rgb.data(), memory_.scratch());
  return picture_;
}

}  // namespace paw
