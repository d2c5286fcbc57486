// Windows bitmaps, by our own reader: no well-kept library of Debian reads them alone. 1, 4, 8, 16, 24 and 32 bits,
// RLE4 and RLE8, bit fields, top-down, and OS/2's old header. Source: Microsoft, "Bitmap Storage" (wingdi.h
// structures).
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>

#include "vision/decoders/decoder.h"

namespace paw {
namespace {

enum Compression : std::uint32_t { kRgb = 0, kRle8 = 1, kRle4 = 2, kBitFields = 3, kAlphaBitFields = 6 };

constexpr std::size_t kFileHeader = 14;
constexpr std::size_t kMasks = kFileHeader + 40;  // the bit fields, 4 bytes each
constexpr std::size_t kMaxColors = 256;

// One channel of a 16- or 32-bit pixel.
struct Field {
  std::uint32_t mask = 0;

  // 0 to 255, rounded to nearest; `absent` without a mask.
  std::uint32_t read(std::uint32_t pixel, std::uint32_t absent) const {
    if (mask == 0) return absent;
    const int shift = std::countr_zero(mask);
    const std::uint64_t most = mask >> shift;
    return static_cast<std::uint32_t>((std::uint64_t{(pixel & mask) >> shift} * 255 + most / 2) / most);
  }
};

struct Bitmap {
  std::int64_t width = 0, height = 0;
  bool top_down = false;
  std::uint32_t bits = 0, compression = kRgb;
  std::size_t pixels = 0;                                        // offset in the file
  std::array<std::array<std::uint8_t, 3>, kMaxColors> colors{};  // black past the file's table
  bool gray_colors = false;
  Field red, green, blue, alpha;
};

// OS/2's first header, Windows' and its successors.
bool known_header(std::uint32_t size) {
  constexpr std::uint32_t kSizes[] = {12, 40, 52, 56, 64, 108, 124};
  return std::ranges::find(kSizes, size) != std::end(kSizes);
}

bool matches(std::span<const std::byte> file) {
  return file.size() >= kFileHeader + 4 && has_bytes(file, 0, "BM") && known_header(little32(file, kFileHeader));
}

std::unexpected<Error> broken(std::string_view where, std::string_view what) {
  return fail(ErrorCode::kBadData, where, fmt::format("a broken BMP: {}", what));
}

bool valid_combination(std::uint32_t bits, std::uint32_t compression) {
  switch (compression) {
    case kRgb: return bits == 1 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
    case kRle8: return bits == 8;
    case kRle4: return bits == 4;
    case kBitFields:
    case kAlphaBitFields: return bits == 16 || bits == 32;
    default: return false;
  }
}

// Where the bit fields are not given, 5 bits each, or bytes. Behind the 40 bytes of the old header they follow it, in
// later ones they are part of it: at the same place.
void read_fields(std::span<const std::byte> file, std::uint32_t header_size, Bitmap& bitmap) {
  if (bitmap.compression == kRgb) {
    bitmap.red.mask = bitmap.bits == 16 ? 0x7C00 : 0xFF0000;
    bitmap.green.mask = bitmap.bits == 16 ? 0x03E0 : 0xFF00;
    bitmap.blue.mask = bitmap.bits == 16 ? 0x001F : 0xFF;
    return;
  }
  bitmap.red.mask = little32(file, kMasks);
  bitmap.green.mask = little32(file, kMasks + 4);
  bitmap.blue.mask = little32(file, kMasks + 8);
  const bool has_alpha = header_size >= 56 && header_size != 64;
  if (has_alpha || bitmap.compression == kAlphaBitFields) bitmap.alpha.mask = little32(file, kMasks + 12);
}

// The table starts at `at`; what is missing of it, by its count or by the place of the pixels, is black.
void read_colors(std::span<const std::byte> file, std::size_t at, std::size_t entry, std::size_t count,
                 Bitmap& bitmap) {
  const std::size_t end = std::min({file.size(), bitmap.pixels, at + entry * std::min(count, kMaxColors)});
  bitmap.gray_colors = true;
  for (std::size_t i = 0; at + entry <= end; ++i, at += entry) {
    auto& color = bitmap.colors[i];
    for (std::size_t c = 0; c < 3; ++c) color[c] = static_cast<std::uint8_t>(byte_at(file, at + 2 - c));
    bitmap.gray_colors &= color[0] == color[1] && color[1] == color[2];
  }
}

Result<Bitmap> open(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  const std::uint32_t header_size = little32(file, kFileHeader);
  const bool old = header_size == 12;
  if (file.size() < kFileHeader + header_size) return broken(where, "it ends inside its header");
  Bitmap bitmap;
  bitmap.pixels = little32(file, 10);
  std::size_t colors_used = 0;
  if (old) {
    bitmap.width = little16(file, 18);
    bitmap.height = static_cast<std::int16_t>(little16(file, 20));
    bitmap.bits = little16(file, 24);
  } else {
    bitmap.width = static_cast<std::int32_t>(little32(file, 18));
    bitmap.height = static_cast<std::int32_t>(little32(file, 22));
    bitmap.bits = little16(file, 28);
    bitmap.compression = little32(file, 30);
    colors_used = little32(file, 46);
  }
  bitmap.top_down = bitmap.height < 0;
  bitmap.height = std::abs(bitmap.height);
  PAW_RETURN_IF_ERROR(check_size(bitmap.width, bitmap.height, where, limits));
  if (!valid_combination(bitmap.bits, bitmap.compression)) {
    return broken(where, fmt::format("{} bits with compression {} are not known", bitmap.bits, bitmap.compression));
  }
  if (bitmap.bits == 16 || bitmap.bits == 32) {
    if (bitmap.compression != kRgb && file.size() < kMasks + 16) return broken(where, "it ends inside its header");
    read_fields(file, header_size, bitmap);
  }
  const std::size_t colors = std::size_t{1} << std::min(bitmap.bits, 8U);
  if (bitmap.bits <= 8) {
    read_colors(file, kFileHeader + header_size, old ? 3 : 4, colors_used == 0 ? colors : std::min(colors_used, colors),
                bitmap);
  }
  return bitmap;
}

PhotoHeader header_of(const Bitmap& bitmap) {
  return {.format = PhotoFormat::kBmp,
          .width = bitmap.width,
          .height = bitmap.height,
          .gray = bitmap.gray_colors,
          .alpha = bitmap.alpha.mask != 0};
}

Result<PhotoHeader> header(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  PAW_ASSIGN_OR_RETURN(const Bitmap bitmap, open(file, where, limits));
  return header_of(bitmap);
}

void put(const Bitmap& bitmap, std::uint32_t index, std::uint8_t* to) { std::ranges::copy(bitmap.colors[index], to); }

void put_fields(const Bitmap& bitmap, std::uint32_t pixel, std::uint8_t* to) {
  const std::uint8_t rgba[] = {
      static_cast<std::uint8_t>(bitmap.red.read(pixel, 0)), static_cast<std::uint8_t>(bitmap.green.read(pixel, 0)),
      static_cast<std::uint8_t>(bitmap.blue.read(pixel, 0)), static_cast<std::uint8_t>(bitmap.alpha.read(pixel, 255))};
  composite_on_white(rgba, to, 1);
}

// One stored row. Requires that `line` holds all of it.
void read_row(const Bitmap& bitmap, std::span<const std::byte> line, std::uint8_t* to) {
  for (std::size_t x = 0; x < static_cast<std::size_t>(bitmap.width); ++x, to += 3) {
    switch (bitmap.bits) {
      case 1: put(bitmap, byte_at(line, x / 8) >> (7 - x % 8) & 1, to); break;
      case 4: put(bitmap, byte_at(line, x / 2) >> (x % 2 == 0 ? 4 : 0) & 15, to); break;
      case 8: put(bitmap, byte_at(line, x), to); break;
      case 16: put_fields(bitmap, little16(line, 2 * x), to); break;
      case 24:
        for (std::size_t c = 0; c < 3; ++c) to[c] = static_cast<std::uint8_t>(byte_at(line, 3 * x + 2 - c));
        break;
      default: put_fields(bitmap, little32(line, 4 * x), to); break;
    }
  }
}

bool run_length(const Bitmap& bitmap) { return bitmap.compression == kRle8 || bitmap.compression == kRle4; }

// Bytes of a stored row, without and with its padding.
std::size_t used_of(const Bitmap& bitmap) { return (static_cast<std::size_t>(bitmap.width) * bitmap.bits + 7) / 8; }
std::size_t stride_of(const Bitmap& bitmap) { return (used_of(bitmap) + 3) / 4 * 4; }

std::int64_t read_plain(const Bitmap& bitmap, std::span<const std::byte> data, const Canvas& image) {
  const std::size_t used = used_of(bitmap), stride = stride_of(bitmap);
  for (std::int64_t y = 0; y < bitmap.height; ++y) {
    const std::size_t at = static_cast<std::size_t>(y) * stride;
    if (at + used > data.size()) return y;
    read_row(bitmap, data.subspan(at, used), row(image, bitmap.top_down ? y : bitmap.height - 1 - y));
  }
  return bitmap.height;
}

// Runs of equal pixels, literal pixels, and jumps. Pixels jumped over have the first colour; those past an edge are
// dropped.
class RleReader {
 public:
  RleReader(const Bitmap& bitmap, std::span<const std::byte> data, const Canvas& image)
      : bitmap_(bitmap), data_(data), image_(image) {}

  // The number of rows that were there.
  std::int64_t read() {
    while (y_ < bitmap_.height) {
      if (at_ + 2 > data_.size()) return y_;
      const std::uint32_t count = byte_at(data_, at_), value = byte_at(data_, at_ + 1);
      at_ += 2;
      if (count > 0) {
        for (std::uint32_t i = 0; i < count; ++i) emit(four_bits() ? (i % 2 == 0 ? value >> 4 : value & 15) : value);
      } else if (value == 1) {
        return bitmap_.height;  // end of the bitmap: the rest is background
      } else if (!escape(value)) {
        return y_;
      }
    }
    return bitmap_.height;
  }

 private:
  bool four_bits() const { return bitmap_.bits == 4; }

  void emit(std::uint32_t index) {
    if (x_ < bitmap_.width) {
      const std::int64_t y = bitmap_.top_down ? y_ : bitmap_.height - 1 - y_;
      put(bitmap_, index, row(image_, y) + 3 * x_);
      ++x_;
    }
  }

  // False at the end of the data.
  bool escape(std::uint32_t value) {
    if (value == 0) {
      x_ = 0;
      ++y_;
      return true;
    }
    if (value == 2) {
      if (at_ + 2 > data_.size()) return false;
      x_ += byte_at(data_, at_);
      y_ += byte_at(data_, at_ + 1);
      at_ += 2;
      return true;
    }
    const std::size_t bytes = four_bits() ? (value + 1) / 2 : value;
    if (bytes > data_.size() - at_) return false;
    for (std::uint32_t i = 0; i < value; ++i) {
      const std::uint32_t byte = byte_at(data_, at_ + (four_bits() ? i / 2 : i));
      emit(four_bits() ? (i % 2 == 0 ? byte >> 4 : byte & 15) : byte);
    }
    at_ += bytes + bytes % 2;  // literals fill whole 16-bit words
    at_ = std::min(at_, data_.size());
    return true;
  }

  const Bitmap& bitmap_;
  std::span<const std::byte> data_;
  const Canvas& image_;
  std::size_t at_ = 0;
  std::int64_t x_ = 0, y_ = 0;
};

// Where the file says that it ends, or its pixels do: some writers get one of them wrong.
std::size_t end_of(const Bitmap& bitmap, std::span<const std::byte> file) {
  std::size_t end = std::max<std::size_t>(little32(file, 2), bitmap.pixels);
  if (run_length(bitmap)) return end == bitmap.pixels ? file.size() : end;
  return std::max(end, bitmap.pixels + stride_of(bitmap) * static_cast<std::size_t>(bitmap.height));
}

Result<DecodeReport> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                            PictureWriter& out) {
  PAW_ASSIGN_OR_RETURN(const Bitmap bitmap, open(file, where, limits));
  if (bitmap.pixels >= file.size()) return broken(where, "it ends before its pixels");
  DecodeReport report{.header = header_of(bitmap)};
  PAW_RETURN_IF_ERROR(out.begin(report.header, {}));
  const Canvas canvas = out.canvas();
  const auto data = file.subspan(bitmap.pixels);
  std::int64_t held = 0;
  if (run_length(bitmap)) {
    for (std::int64_t i = 0; i < bitmap.width * bitmap.height; ++i) put(bitmap, 0, canvas.rgb + 3 * i);
    held = RleReader(bitmap, data, canvas).read();
  } else {
    held = read_plain(bitmap, data, canvas);
  }
  fill_missing(canvas, held, !bitmap.top_down);
  out.take(bitmap.height);
  if (held < bitmap.height) complain(report.warning, "the file is truncated");
  complain_about_rest(report.warning, file, end_of(bitmap, file));
  PAW_RETURN_IF_ERROR(note_missing(report, held, where));
  return report;
}

}  // namespace

const Decoder kBmpDecoder = {
    .format = PhotoFormat::kBmp, .name = "bmp", .matches = matches, .header = header, .decode = decode};

}  // namespace paw
