// What a photo format is to decode.cc, and the few helpers that the formats share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "vision/color_profile.h"
#include "vision/decode.h"

namespace paw {

// A whole picture in memory.
struct Canvas {
  std::int64_t width = 0, height = 0;
  std::uint8_t* rgb = nullptr;  // [height][width][3]
};

// First of three bytes per pixel of row `y`.
inline std::uint8_t* row(const Canvas& canvas, std::int64_t y) { return canvas.rgb + 3 * canvas.width * y; }

// Where a decoder puts its picture: as stored, from the top, transparency composited on white. Some rows at once, or
// all.
class PictureWriter {
 public:
  PictureWriter(PictureSink& sink, ProfileConverter& profiles, std::string_view where)
      : sink_(sink), profiles_(profiles), where_(where) {}

  // First: the size and orientation of `header` are final. `icc`: the pixels' profile; they are converted to sRGB on
  // their way. Empty: they are sRGB.
  Status begin(const PhotoHeader& header, std::span<const std::byte> icc);
  std::int64_t left() const { return height_ - row_; }
  // Memory for the next rows, at most left() of them.
  std::uint8_t* room(std::int64_t rows) { return sink_.room(rows); }
  // All of them, before any was taken.
  Canvas canvas() { return {width_, height_, room(height_)}; }
  // Takes the rows that were written there.
  void take(std::int64_t rows);
  // Makes all that are left kMissingGray.
  void take_missing();
  // About the profile; empty: none.
  std::string_view complaint() const { return complaint_; }

 private:
  PictureSink& sink_;
  ProfileConverter& profiles_;
  std::string_view where_;
  std::int64_t width_ = 0, height_ = 0, row_ = 0;
  bool converts_ = false;
  std::string_view complaint_;
};

struct Decoder {
  PhotoFormat format;
  std::string_view name;
  bool (*matches)(std::span<const std::byte> file);
  // Both check the size against `limits` before they take memory for pixels, and give kBadData at `where`.
  Result<PhotoHeader> (*header)(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits);
  Result<DecodeReport> (*decode)(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                                 PictureWriter& out);
};

#define PAW_DECODER(variable) extern const Decoder variable;
#include "vision/decoders/decoders.inc"
#undef PAW_DECODER

inline constexpr std::uint8_t kMissingGray = 128;
// Rows that decoders write at once: they stay in the second-level cache until they are taken.
inline constexpr std::int64_t kRowsAtOnce = 16;

// kBadData when a side is not positive or the picture exceeds `limits`; says which one and what it is.
Status check_size(std::int64_t width, std::int64_t height, std::string_view where, const DecodeLimits& limits);

// Notes the share of the rows from `held` on. kBadData when no row was held.
Status note_missing(DecodeReport& report, std::int64_t held, std::string_view where);
// Fills them with kMissingGray; those from row height - held up when `bottom_up`.
void fill_missing(const Canvas& canvas, std::int64_t held, bool bottom_up = false);

// Straight (not premultiplied) RGBA on white, on the encoded values as browsers do it, rounded to nearest.
void composite_on_white(const std::uint8_t* rgba, std::uint8_t* rgb, std::int64_t pixels);

// Keeps the first complaint.
void complain(std::string& warning, std::string_view complaint);
// Complains about the bytes of `file` after `end`; zeros are padding.
void complain_about_rest(std::string& warning, std::span<const std::byte> file, std::size_t end);

// True when `file` holds `text` at `offset`.
bool has_bytes(std::span<const std::byte> file, std::size_t offset, std::string_view text);

// Unsigned integers out of a file. Requires offset + size of the integer <= file.size().
inline std::uint32_t byte_at(std::span<const std::byte> file, std::size_t offset) {
  return std::to_integer<std::uint32_t>(file[offset]);
}
inline std::uint32_t little16(std::span<const std::byte> file, std::size_t offset) {
  return byte_at(file, offset) | byte_at(file, offset + 1) << 8;
}
inline std::uint32_t little32(std::span<const std::byte> file, std::size_t offset) {
  return little16(file, offset) | little16(file, offset + 2) << 16;
}
inline std::uint32_t big32(std::span<const std::byte> file, std::size_t offset) {
  return byte_at(file, offset) << 24 | byte_at(file, offset + 1) << 16 | byte_at(file, offset + 2) << 8 |
         byte_at(file, offset + 3);
}

}  // namespace paw
