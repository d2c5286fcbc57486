// Photo files to pixels, by content, never by suffix. What a file is and what had to be done to it is told, not hidden.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "vision/color_profile.h"
#include "vision/image.h"
#include "vision/picture_sink.h"

namespace paw {

enum class PhotoFormat : std::uint8_t { kJpeg, kPng, kWebp, kBmp, kGif, kHeic };
std::string_view name(PhotoFormat format);  // "jpeg", "png", "webp", "bmp", "gif", "heic"

// By the first bytes; nullopt: no image that this program reads.
std::optional<PhotoFormat> photo_format(std::span<const std::byte> file);

// Bounds that are checked against a file's header before memory is taken.
struct DecodeLimits {
  std::int64_t max_pixels = 128'000'000;  // of one picture
  std::int64_t max_side = 65'535;
};

// What the header says.
struct PhotoHeader {
  PhotoFormat format = PhotoFormat::kJpeg;
  std::int64_t width = 0, height = 0;  // as stored, before orientation; of HEIC behind its own turning and cropping
  int orientation = 1;                 // EXIF, 1 to 8; of HEIC 1
  bool gray = false, cmyk = false, alpha = false;
  int bits = 8;           // per channel
  bool animated = false;  // more than one frame; the first is decoded
  bool icc = false;       // an embedded colour profile; decoding converts to sRGB (docs/photos.md)
};

// kBadData: not an image, a damaged header, or past the limits (which one, and what it is).
Result<PhotoHeader> read_photo_header(std::span<const std::byte> file, std::string_view where,
                                      const DecodeLimits& limits = {});

// How the complaint ends that something follows the picture, which is harmless.
inline constexpr std::string_view kTrailingBytes = "bytes after the end of the picture";

// What decoding a photo found, besides its pixels.
struct DecodeReport {
  PhotoHeader header;
  double missing = 0;   // share of the rows that a truncated file did not hold (they are grey)
  std::string warning;  // the decoder's first complaint; empty: none
};

struct Photo : DecodeReport {
  Image image;  // upright, sRGB; transparency composited on white
};

// kBadData: cannot be decoded; a truncated file is decoded as far as it goes.
Result<Photo> decode_photo(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits = {});

// Decodes photo after photo, keeping what can be used again: fresh memory for each costs a large photo a third of its
// time, opening the colour profile of each a small photo most of it. One per thread.
class PhotoDecoder {
 public:
  // To a sink, in the order of the file's rows. Errors: those of decode_photo, and the sink's; what the sink has then
  // is of no use.
  Result<DecodeReport> decode(std::span<const std::byte> file, std::string_view where, PictureSink& sink,
                              const DecodeLimits& limits = {});
  // As decode_photo. The photo is this object's, until the next call.
  Result<const Photo*> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits = {});

 private:
  friend Result<Photo> decode_photo(std::span<const std::byte>, std::string_view, const DecodeLimits&);
  ProfileConverter profiles_;
  UprightPicture upright_;
  Photo photo_;
};

}  // namespace paw
