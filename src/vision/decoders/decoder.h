// What a photo format is to decode.cc, and the few helpers that the formats share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "vision/decode.h"

namespace paw {

// A picture as its decoder leaves it: as stored, transparency composited on white.
struct Decoded {
  PhotoHeader header;
  Image image;
  double missing = 0;          // share of the rows that a truncated file did not hold; those are kMissingGray
  std::string warning;         // the first complaint; empty: none
  std::vector<std::byte> icc;  // profile of the pixels, still to be converted to sRGB; empty: sRGB
};

struct Decoder {
  PhotoFormat format;
  std::string_view name;
  bool (*matches)(std::span<const std::byte> file);
  // Both check the size against `limits` before they take memory for pixels, and give kBadData at `where`.
  Result<PhotoHeader> (*header)(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits);
  // The picture may be built in `memory`, whatever it holds.
  Result<Decoded> (*decode)(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                            Image memory);
};

#define PAW_DECODER(variable) extern const Decoder variable;
#include "vision/decoders/decoders.inc"
#undef PAW_DECODER

inline constexpr std::uint8_t kMissingGray = 128;

// kBadData when a side is not positive or the picture exceeds `limits`; says which one and what it is.
Status check_size(std::int64_t width, std::int64_t height, std::string_view where, const DecodeLimits& limits);

// A picture of the right size in `memory`, its pixels left as they are there: a decoder writes all of them. Requires a
// size that passed check_size.
Image make_image(std::int64_t width, std::int64_t height, Image memory);

// First of three bytes per pixel of row `y`.
inline std::uint8_t* row(Image& image, std::int64_t y) { return image.rgb.data() + 3 * image.width * y; }

// Fills the rows from `held` on with kMissingGray (from row height - held up when `bottom_up`) and notes their share.
// kBadData when no row was held.
Status mark_missing(Decoded& decoded, std::int64_t held, std::string_view where, bool bottom_up = false);

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
