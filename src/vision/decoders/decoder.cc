#include "vision/decoders/decoder.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>

namespace paw {

Status check_size(std::int64_t width, std::int64_t height, std::string_view where, const DecodeLimits& limits) {
  std::string broken;
  if (width <= 0 || height <= 0) {
    broken = "a side of zero";
  } else if (std::max(width, height) > limits.max_side) {
    broken = fmt::format("more than {} on a side", limits.max_side);
  } else if (width > limits.max_pixels / height) {
    broken = fmt::format("more than {:.1f} megapixels", static_cast<double>(limits.max_pixels) / 1e6);
  }
  if (broken.empty()) return {};
  return fail(ErrorCode::kBadData, where, fmt::format("the header claims {} x {} pixels: {}", width, height, broken));
}

Status PictureWriter::begin(const PhotoHeader& header, std::span<const std::byte> icc) {
  width_ = header.width;
  height_ = header.height;
  converts_ = !icc.empty();
  if (converts_) complaint_ = profiles_.open(icc, header.gray);
  return sink_.begin(width_, height_, header.orientation, where_);
}

void PictureWriter::take(std::int64_t rows) {
  if (converts_) profiles_.convert(room(rows), static_cast<std::size_t>(rows * width_));
  sink_.take(rows);
  row_ += rows;
}

void PictureWriter::take_missing() {
  while (left() > 0) {
    const std::int64_t rows = std::min(left(), kRowsAtOnce);
    fill_missing({width_, rows, room(rows)}, 0);
    take(rows);
  }
}

Status note_missing(DecodeReport& report, std::int64_t held, std::string_view where) {
  if (held <= 0) {
    return fail(ErrorCode::kBadData, where,
                report.warning.empty() ? "holds no row of the picture"
                                       : fmt::format("holds no row of the picture ({})", report.warning));
  }
  const auto height = static_cast<double>(report.header.height);
  report.missing = (height - std::min(static_cast<double>(held), height)) / height;
  return {};
}

void fill_missing(const Canvas& canvas, std::int64_t held, bool bottom_up) {
  const std::int64_t missing = canvas.height - std::clamp<std::int64_t>(held, 0, canvas.height);
  std::fill_n(row(canvas, bottom_up ? 0 : canvas.height - missing), 3 * missing * canvas.width, kMissingGray);
}

void composite_on_white(const std::uint8_t* rgba, std::uint8_t* rgb, std::int64_t pixels) {
  for (std::int64_t i = 0; i < pixels; ++i, rgba += 4, rgb += 3) {
    const unsigned alpha = rgba[3];
    for (int c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>((rgba[c] * alpha + 255 * (255 - alpha) + 127) / 255);
    }
  }
}

void complain(std::string& warning, std::string_view complaint) {
  if (warning.empty()) warning = complaint;
}

void complain_about_rest(std::string& warning, std::span<const std::byte> file, std::size_t end) {
  if (end >= file.size()) return;
  const auto rest = file.subspan(end);
  if (std::ranges::all_of(rest, [](std::byte b) { return b == std::byte{0}; })) return;
  complain(warning, fmt::format("{} {}", rest.size(), kTrailingBytes));
}

bool has_bytes(std::span<const std::byte> file, std::size_t offset, std::string_view text) {
  return file.size() >= offset && file.size() - offset >= text.size() &&
         std::memcmp(file.data() + offset, text.data(), text.size()) == 0;
}

}  // namespace paw
