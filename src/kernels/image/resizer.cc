#include "kernels/image/resizer.h"

namespace paw {

namespace {

// Columns worked on at once, so that rows and sums stay in the first-level cache; of a whole photo also those of one
// resizer, which bounds its scratch.
constexpr std::int64_t kStrip = 256;

void copy(const std::uint8_t* from, std::uint8_t* to, std::int64_t bytes) {
  __builtin_memcpy(to, from, static_cast<std::size_t>(bytes));
}

std::int64_t least(std::int64_t a, std::int64_t b) { return a < b ? a : b; }
std::int64_t greatest(std::int64_t a, std::int64_t b) { return a > b ? a : b; }
std::int64_t whole_lines(std::int64_t bytes) { return ceil_div(bytes, 64) * 64; }

Range strip_of(Range columns, std::int64_t begin) { return {begin, least(begin + kStrip, columns.end)}; }
std::int64_t line_bytes(std::int64_t pixels) { return whole_lines(3 * pixels + kImageSlack); }

// The last rows of a photo, behind which too little memory may be read.
std::int64_t rows_without_slack(const ImageResize& p) { return least(p.y.source, (kImageSlack - 1) / p.row_bytes + 1); }
std::int64_t bytes_without_slack(const ImageResize& p) {
  return (rows_without_slack(p) - 1) * p.row_bytes + 3 * std::int64_t{p.x.source};
}

}  // namespace

ImageResizer::ImageResizer(const KernelTable& kernels, const ImageResize& resize, const ImageTables& tables,
                           Range columns, std::uint8_t* picture, std::byte* scratch)
    : kernels_(kernels), resize_(resize), tables_(tables), columns_(columns), picture_(picture) {
  const std::int64_t width = resize.columns_first ? resize.x.source : columns.end - columns.begin;
  open_ = image_open(resize.y, resize.filter);
  sums_stride_ = image_sums(3 * width);
  line_stride_ = line_bytes(width);
  result_stride_ = line_bytes(columns.end - columns.begin);
  sums_ = reinterpret_cast<std::int32_t*>(scratch);
  lines_ = reinterpret_cast<std::uint8_t*>(sums_ + open_ * sums_stride_);
  results_ = lines_ + kWaiting * line_stride_;
}

std::size_t ImageResizer::bytes(const ImageResize& resize, Range columns) {
  const std::int64_t result = columns.end - columns.begin, width = resize.columns_first ? resize.x.source : result;
  const std::int64_t lines =
      resize.columns_first ? kWaiting * (line_bytes(width) + line_bytes(result)) : kImageRows * line_bytes(width);
  return sizeof(std::int32_t) * static_cast<std::size_t>(image_open(resize.y, resize.filter) * image_sums(3 * width)) +
         static_cast<std::size_t>(lines);
}

void ImageResizer::push(const std::uint8_t* rows, std::int64_t count) {
  for (const std::int64_t end = row_ + count; row_ < end;) {
    const Rows block{rows, resize_.row_bytes, row_, least(row_ + kImageRows, end)};
    resize_.columns_first ? columns_first(block) : rows_first(block);
    while (begins(next_, block) && end_row(next_) <= block.end) ++next_;
    if (next_ == resize_.y.count && waiting_ > 0) resize_sums();
    rows += (block.end - block.begin) * block.stride;
    row_ = block.end;
  }
}

void ImageResizer::rows_first(const Rows& block) {
  for (std::int64_t begin = columns_.begin; begin < columns_.end; begin += kStrip) {
    const Range strip = strip_of(columns_, begin);
    const std::int64_t from = 3 * (strip.begin - columns_.begin), bytes = 3 * (strip.end - strip.begin);
    resize_rows(block, strip);
    const Rows resized{lines_, line_stride_, block.begin, block.end};
    for (std::int64_t i = next_; begins(i, block); ++i) add(i, resized, from, bytes, pixels(i, strip.begin));
  }
}

// Those rows of the block that an output needs: nearest skips most.
void ImageResizer::resize_rows(const Rows& block, Range columns) {
  const auto resize = [&](std::int64_t begin, std::int64_t end) {
    const std::uint8_t* from = block.data + (begin - block.begin) * block.stride;
    std::uint8_t* to = lines_ + (begin - block.begin) * line_stride_ + 3 * (columns.begin - columns_.begin);
    if (resize_.x.scaled != resize_.x.source) {
      kernels_.image_rows_u8(tables_.x, columns, from, block.stride, to, line_stride_, end - begin);
      return;
    }
    for (std::int64_t r = begin; r < end; ++r, from += block.stride, to += line_stride_) {
      copy(from + 3 * (resize_.x.first + columns.begin), to, 3 * (columns.end - columns.begin));
    }
  };
  std::int64_t begin = block.begin, end = block.begin;
  for (std::int64_t i = next_; begins(i, block); ++i) {
    if (first_row(i) > end) {
      resize(begin, end);
      begin = end = first_row(i);
    }
    end = greatest(end, least(end_row(i), block.end));
  }
  resize(begin, end);
}

void ImageResizer::columns_first(const Rows& block) {
  const std::int64_t width = 3 * std::int64_t{resize_.x.source};
  for (std::int64_t i = next_; begins(i, block);) {
    // So many outputs that there is room for those that become complete.
    const std::int64_t first = i, waiting = waiting_;
    for (; begins(i, block) && waiting_ < kWaiting; ++i) {
      if (ends(i, block)) waiting_outputs_[waiting_++] = i;
    }
    for (std::int64_t from = 0; from < width; from += 3 * kStrip) {
      std::uint8_t* to = lines_ + waiting * line_stride_ + from;
      for (std::int64_t k = first; k < i; ++k) {
        if (add(k, block, from, least(3 * kStrip, width - from), to)) to += line_stride_;
      }
    }
    if (waiting_ == kWaiting) resize_sums();
  }
}

void ImageResizer::resize_sums() {
  const std::int64_t bytes = 3 * std::int64_t{resize_.x.count};
  const bool same = resize_.x.scaled == resize_.x.source;
  if (!same) {
    kernels_.image_rows_u8(tables_.x, columns_, lines_, line_stride_, results_, result_stride_, waiting_);
  }
  for (std::int64_t k = 0; k < waiting_; ++k) {
    const std::uint8_t* row = same ? lines_ + k * line_stride_ + 3 * resize_.x.first : results_ + k * result_stride_;
    copy(row, pixels(waiting_outputs_[k], 0), bytes);
  }
  waiting_ = 0;
}

// What the block's rows give to bytes [from, from + bytes) of an output's sum. True when it is complete: at `to`.
bool ImageResizer::add(std::int64_t output, const Rows& block, std::int64_t from, std::int64_t bytes,
                       std::uint8_t* to) {
  const std::int64_t first = first_row(output);
  const std::int64_t begin = greatest(first, block.begin), end = least(end_row(output), block.end);
  if (begin >= end) return false;
  std::int32_t* sums = sums_ + output % open_ * sums_stride_ + from;
  const bool complete = ends(output, block);
  kernels_.image_columns_u8(block.data + (begin - block.begin) * block.stride + from, block.stride,
                            tables_.y.weights + output * tables_.y.stride + (begin - first), end - begin,
                            begin > first ? sums : nullptr, complete ? nullptr : sums, to, bytes);
  return complete;
}

void pad_image(const ImageResize& p, std::uint8_t* picture) {
  const auto fill = [&](std::int64_t row, std::int64_t begin, std::int64_t end) {
    __builtin_memset(picture + 3 * (row * p.x.target + begin), p.pad_value,
                     static_cast<std::size_t>(3 * (end - begin)));
  };
  for (std::int64_t row = 0; row < p.y.target; ++row) {
    const bool inside = row >= p.y.pad && row < p.y.pad + p.y.count;
    fill(row, 0, inside ? p.x.pad : p.x.target);
    if (inside) fill(row, p.x.pad + p.x.count, p.x.target);
  }
}

std::size_t resize_image_bytes(const ImageResize& p) {
  return static_cast<std::size_t>(whole_lines(bytes_without_slack(p) + kImageSlack)) +
         ImageResizer::bytes(p, strip_of({0, p.x.count}, 0));
}

void resize_image(const KernelTable& kernels, const ImageResize& p, const ImageTables& tables,
                  const std::uint8_t* photo, std::uint8_t* picture, std::byte* scratch) {
  pad_image(p, picture);
  const std::int64_t last = rows_without_slack(p), bytes = bytes_without_slack(p);
  auto* last_rows = reinterpret_cast<std::uint8_t*>(scratch);
  copy(photo + (p.y.source - last) * p.row_bytes, last_rows, bytes);
  scratch += whole_lines(bytes + kImageSlack);
  for (std::int64_t begin = 0; begin < p.x.count; begin += kStrip) {
    ImageResizer resizer(kernels, p, tables, strip_of({0, p.x.count}, begin), picture, scratch);
    resizer.push(photo, p.y.source - last);
    resizer.push(last_rows, last);
  }
}

}  // namespace paw
