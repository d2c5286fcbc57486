#include "vision/decode.h"

#include <array>

#include "vision/decoders/decoder.h"

namespace paw {
namespace {

const std::array kDecoders = {
#define PAW_DECODER(variable) &(variable),
#include "vision/decoders/decoders.inc"
#undef PAW_DECODER
};

const Decoder* find_decoder(std::span<const std::byte> file) {
  for (const Decoder* decoder : kDecoders) {
    if (decoder->matches(file)) return decoder;
  }
  return nullptr;
}

std::unexpected<Error> not_an_image(std::span<const std::byte> file, std::string_view where) {
  return fail(ErrorCode::kBadData, where, file.empty() ? "the file is empty" : "not an image of a known format",
              file.empty() ? "" : "known are JPEG, PNG, WebP, BMP, GIF and HEIC");
}

}  // namespace

std::string_view name(PhotoFormat format) {
  for (const Decoder* decoder : kDecoders) {
    if (decoder->format == format) return decoder->name;
  }
  return "unknown";
}

std::optional<PhotoFormat> photo_format(std::span<const std::byte> file) {
  const Decoder* decoder = find_decoder(file);
  return decoder == nullptr ? std::nullopt : std::optional(decoder->format);
}

Result<PhotoHeader> read_photo_header(std::span<const std::byte> file, std::string_view where,
                                      const DecodeLimits& limits) {
  const Decoder* decoder = find_decoder(file);
  if (decoder == nullptr) return not_an_image(file, where);
  return decoder->header(file, where, limits);
}

Result<Photo> decode_photo(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  PhotoDecoder decoder;
  PAW_RETURN_IF_ERROR(decoder.decode(file, where, limits));
  return std::move(decoder.photo_);
}

Result<DecodeReport> PhotoDecoder::decode(std::span<const std::byte> file, std::string_view where, PictureSink& sink,
                                          const DecodeLimits& limits) {
  const Decoder* decoder = find_decoder(file);
  if (decoder == nullptr) return not_an_image(file, where);
  PictureWriter out(sink, profiles_, where);
  PAW_ASSIGN_OR_RETURN(DecodeReport report, decoder->decode(file, where, limits, out));
  complain(report.warning, out.complaint());
  return report;
}

Result<const Photo*> PhotoDecoder::decode(std::span<const std::byte> file, std::string_view where,
                                          const DecodeLimits& limits) {
  std::swap(upright_.image(), photo_.image);  // its memory
  PAW_ASSIGN_OR_RETURN(DecodeReport report, decode(file, where, upright_, limits));
  static_cast<DecodeReport&>(photo_) = std::move(report);
  std::swap(upright_.image(), photo_.image);
  return &photo_;
}

}  // namespace paw
