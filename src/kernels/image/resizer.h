// Resizing as docs/preprocess.md defines it, of rows that arrive in order: the photo need not be whole in memory. Rows
// are resized and their columns summed, or the other way round, with 8 bits in between. Memory is the caller's.
#pragma once

#include "kernels/kernels.h"

namespace paw {

// Makes one picture, or some of its columns.
class ImageResizer {
 public:
  // Writes columns `columns` of the window into `picture` ([y.target][x.target][3]); when resize.columns_first it must
  // be all of them. Padding is pad_image's. What is given must outlive this. `scratch`: bytes(), aligned for int32.
  ImageResizer(const KernelTable& kernels, const ImageResize& resize, const ImageTables& tables, Range columns,
               std::uint8_t* picture, std::byte* scratch);

  static std::size_t bytes(const ImageResize& resize, Range columns);

  // The photo's next `count` rows, resize.row_bytes apart; kImageSlack bytes behind the last may be read. After all of
  // them the picture is complete.
  void push(const std::uint8_t* rows, std::int64_t count);

 private:
  // Some of the photo's rows, at most kImageRows.
  struct Rows {
    const std::uint8_t* data;
    std::int64_t stride, begin, end;
  };

  void rows_first(const Rows& block);
  void columns_first(const Rows& block);
  void resize_rows(const Rows& block, Range columns);
  void resize_sums();
  bool add(std::int64_t output, const Rows& block, std::int64_t from, std::int64_t bytes, std::uint8_t* to);

  std::int64_t first_row(std::int64_t output) const { return tables_.y.spans[output].first; }
  std::int64_t end_row(std::int64_t output) const { return first_row(output) + tables_.y.spans[output].count; }
  bool begins(std::int64_t output, const Rows& block) const {
    return output < resize_.y.count && first_row(output) < block.end;
  }
  bool ends(std::int64_t output, const Rows& block) const {
    return end_row(output) > block.begin && end_row(output) <= block.end;
  }
  std::uint8_t* pixels(std::int64_t output, std::int64_t column) const {
    return picture_ + 3 * ((resize_.y.pad + output) * resize_.x.target + resize_.x.pad + column);
  }

  static constexpr std::int64_t kWaiting = 8;

  const KernelTable& kernels_;
  const ImageResize resize_;
  const ImageTables tables_;
  const Range columns_;
  std::uint8_t* const picture_;
  // "Outputs" are rows of the window.
  std::int64_t row_ = 0;   // of the photo, to come next
  std::int64_t next_ = 0;  // the first output that is not complete
  // Of the outputs that lack rows, at most open_.
  std::int32_t* sums_;  // [open_][sums_stride_]
  std::int64_t open_, sums_stride_;
  // rows_first: a block's rows, resized, [kImageRows][line_stride_]. columns_first: complete sums that wait until there
  // are several to be resized, [kWaiting][line_stride_], and room for the result, [kWaiting][result_stride_].
  std::uint8_t *lines_, *results_;
  std::int64_t line_stride_, result_stride_;
  std::int64_t waiting_ = 0;
  std::int64_t waiting_outputs_[kWaiting];
};

// Fills what the photo leaves free.
void pad_image(const ImageResize& resize, std::uint8_t* picture);

// A whole photo in memory, rows first, to `picture`, padding included. `scratch`: resize_image_bytes, aligned for
// int32.
void resize_image(const KernelTable& kernels, const ImageResize& resize, const ImageTables& tables,
                  const std::uint8_t* photo, std::uint8_t* picture, std::byte* scratch);
std::size_t resize_image_bytes(const ImageResize& resize);

}  // namespace paw
