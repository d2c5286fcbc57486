// Writes WebPs for tests; the extended container by hand.
#pragma once

#include <webp/encode.h>

#include "vision/photo_testing.h"

namespace paw {

inline File take_webp(std::uint8_t* data, std::size_t size) {
  const auto* bytes = reinterpret_cast<const std::byte*>(data);
  File file(bytes, bytes + size);
  WebPFree(data);
  return file;
}

inline File encode_webp(const Image& image, float quality) {
  std::uint8_t* data = nullptr;
  const std::size_t size =
      WebPEncodeRGB(image.rgb.data(), static_cast<int>(image.width), static_cast<int>(image.height),
                    static_cast<int>(3 * image.width), quality, &data);
  return take_webp(data, size);
}

inline File encode_webp_lossless(const Image& image) {
  std::uint8_t* data = nullptr;
  const std::size_t size =
      WebPEncodeLosslessRGB(image.rgb.data(), static_cast<int>(image.width), static_cast<int>(image.height),
                            static_cast<int>(3 * image.width), &data);
  return take_webp(data, size);
}

// `rgba`: [height][width][4], straight alpha.
inline File encode_webp_rgba(std::int64_t width, std::int64_t height, const std::vector<std::uint8_t>& rgba,
                             bool lossless) {
  std::uint8_t* data = nullptr;
  const int w = static_cast<int>(width), h = static_cast<int>(height);
  const std::size_t size = lossless ? WebPEncodeLosslessRGBA(rgba.data(), w, h, 4 * w, &data)
                                    : WebPEncodeRGBA(rgba.data(), w, h, 4 * w, 90, &data);
  return take_webp(data, size);
}

inline File riff_chunk(std::string_view type, std::span<const std::byte> data) {
  File chunk;
  append(chunk, bytes_of(type));
  append_int(chunk, data.size(), 4);
  append(chunk, data);
  if (data.size() % 2 != 0) append_int(chunk, 0, 1);
  return chunk;
}

inline File riff(const File& chunks) {
  File body;
  append(body, bytes_of("WEBP"));
  append(body, chunks);
  return riff_chunk("RIFF", body);
}

enum WebpFlags : std::uint8_t { kWebpAnimation = 2, kWebpExif = 8, kWebpAlpha = 16, kWebpIcc = 32 };

inline File webp_vp8x(std::uint8_t flags, std::int64_t width, std::int64_t height) {
  File data;
  append_int(data, flags, 4);
  append_int(data, static_cast<std::uint64_t>(width - 1), 3);
  append_int(data, static_cast<std::uint64_t>(height - 1), 3);
  return riff_chunk("VP8X", data);
}

// A simple file's one chunk.
inline std::span<const std::byte> webp_payload(const File& simple) { return std::span(simple).subspan(12); }

// `simple` (without alpha) with EXIF and ICC around it, where not empty.
inline File extended_webp(const File& simple, std::int64_t width, std::int64_t height, const File& exif,
                          const File& icc = {}) {
  File chunks = webp_vp8x(static_cast<std::uint8_t>((exif.empty() ? 0 : kWebpExif) | (icc.empty() ? 0 : kWebpIcc)),
                          width, height);
  if (!icc.empty()) append(chunks, riff_chunk("ICCP", icc));
  append(chunks, webp_payload(simple));
  if (!exif.empty()) append(chunks, riff_chunk("EXIF", exif));
  return riff(chunks);
}

struct WebpFrame {
  File simple;
  std::int64_t left = 0, top = 0, width = 0, height = 0;  // offsets even
};

inline File animated_webp(std::int64_t width, std::int64_t height, const std::vector<WebpFrame>& frames) {
  File chunks = webp_vp8x(kWebpAnimation, width, height);
  File loop;
  append_int(loop, 0, 6);
  append(chunks, riff_chunk("ANIM", loop));
  for (const WebpFrame& frame : frames) {
    File data;
    append_int(data, static_cast<std::uint64_t>(frame.left / 2), 3);
    append_int(data, static_cast<std::uint64_t>(frame.top / 2), 3);
    append_int(data, static_cast<std::uint64_t>(frame.width - 1), 3);
    append_int(data, static_cast<std::uint64_t>(frame.height - 1), 3);
    append_int(data, 100, 4);  // duration in 24 bits, then flags
    append(data, webp_payload(frame.simple));
    append(chunks, riff_chunk("ANMF", data));
  }
  return riff(chunks);
}

}  // namespace paw
