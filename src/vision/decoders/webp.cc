// WebP by libwebp and its demuxer: lossy, lossless, with alpha; of an animation the first frame, on a white canvas.
// Settings: fancy upsampling, loop filter as stored, no dithering, no scaling.
#include <fmt/core.h>
#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>

#include "vision/decoders/decoder.h"
#include "vision/exif.h"

namespace paw {
namespace {

struct Free {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
  void operator()(WebPIDecoder* decoder) const { WebPIDelete(decoder); }
};

// The file taken apart: its first frame and the chunks around it.
struct Parts {
  std::unique_ptr<WebPDemuxer, Free> demuxer;
  std::span<const std::byte> frame;  // VP8 or VP8L, with ALPH in front
  std::int64_t left = 0, top = 0, width = 0, height = 0;
};

std::span<const std::byte> bytes_of(const WebPData& data) { return std::as_bytes(std::span(data.bytes, data.size)); }

WebPData data_of(std::span<const std::byte> bytes) {
  return {.bytes = reinterpret_cast<const std::uint8_t*>(bytes.data()), .size = bytes.size()};
}

bool matches(std::span<const std::byte> file) { return has_bytes(file, 0, "RIFF") && has_bytes(file, 8, "WEBP"); }

std::span<const std::byte> find_chunk(const Parts& parts, const char (&type)[5]) {
  WebPChunkIterator chunk{};
  std::span<const std::byte> found;
  if (WebPDemuxGetChunk(parts.demuxer.get(), type, 1, &chunk) != 0) found = bytes_of(chunk.chunk);
  WebPDemuxReleaseChunkIterator(&chunk);
  return found;
}

std::unexpected<Error> broken(std::string_view where, std::string_view what) {
  return fail(ErrorCode::kBadData, where, std::string(what));
}

Result<PhotoHeader> open(Parts& parts, std::span<const std::byte> file, std::string_view where,
                         const DecodeLimits& limits) {
  const WebPData data = data_of(file);
  WebPDemuxState state{};
  parts.demuxer.reset(WebPDemuxPartial(&data, &state));
  if (parts.demuxer == nullptr) return broken(where, "a WebP with a broken header");
  WebPDemuxer* demuxer = parts.demuxer.get();
  const auto flags = WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS);
  PhotoHeader header{.format = PhotoFormat::kWebp,
                     .width = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH),
                     .height = WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT),
                     .alpha = (flags & ALPHA_FLAG) != 0,
                     .animated = (flags & ANIMATION_FLAG) != 0};
  PAW_RETURN_IF_ERROR(check_size(header.width, header.height, where, limits));
  WebPIterator frame{};
  if (WebPDemuxGetFrame(demuxer, 1, &frame) != 0) {
    parts.frame = bytes_of(frame.fragment);
    parts.left = frame.x_offset;
    parts.top = frame.y_offset;
    parts.width = frame.width;
    parts.height = frame.height;
    header.alpha |= frame.has_alpha != 0;
  }
  WebPDemuxReleaseIterator(&frame);
  if (parts.frame.empty()) return broken(where, "a WebP that ends inside its header");
  header.orientation = exif_orientation(find_chunk(parts, "EXIF"));
  header.icc = !find_chunk(parts, "ICCP").empty();
  return header;
}

Result<PhotoHeader> header(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  Parts parts;
  return open(parts, file, where, limits);
}

// Decodes the frame into `rgba` ([height][width][4]) as far as it goes; the number of rows there.
std::int64_t read_frame(const Parts& parts, std::vector<std::uint8_t>& rgba, std::string& warning) {
  WebPDecoderConfig config{};
  const WebPData data = data_of(parts.frame);
  if (WebPInitDecoderConfig(&config) == 0 || WebPGetFeatures(data.bytes, data.size, &config.input) != VP8_STATUS_OK ||
      config.input.width != parts.width || config.input.height != parts.height) {
    complain(warning, "the frame is broken");
    return 0;
  }
  config.output.colorspace = MODE_RGBA;
  config.output.is_external_memory = 1;
  config.output.u.RGBA = {.rgba = rgba.data(), .stride = static_cast<int>(4 * parts.width), .size = rgba.size()};
  const std::unique_ptr<WebPIDecoder, Free> decoder(WebPIDecode(nullptr, 0, &config));
  if (decoder == nullptr) {
    complain(warning, "no memory for the frame");
    return 0;
  }
  const VP8StatusCode status = WebPIUpdate(decoder.get(), data.bytes, data.size);
  if (status == VP8_STATUS_OK) return parts.height;
  complain(warning, status == VP8_STATUS_SUSPENDED ? "the file is truncated" : "the picture's data are damaged");
  int rows = 0;
  WebPIDecGetRGB(decoder.get(), &rows, nullptr, nullptr, nullptr);
  return rows;
}

// What lies behind the RIFF container, whose length is rounded up to even.
void check_end(std::span<const std::byte> file, std::string& warning) {
  const std::size_t length = std::size_t{little32(file, 4)} + 8;
  if (length > file.size()) {
    complain(warning, "the file is truncated");
  } else {
    complain_about_rest(warning, file, length + length % 2);
  }
}

// Rows from `first` on of the canvas: those of the frame that were held, around them white.
void paint(const Parts& parts, const std::vector<std::uint8_t>& rgba, std::int64_t held, std::int64_t first,
           const Canvas& canvas) {
  for (std::int64_t y = 0; y < canvas.height; ++y) {
    const std::int64_t inside = first + y - parts.top;
    const bool framed = inside >= 0 && inside < held;
    if (!framed || parts.width < canvas.width) std::fill_n(row(canvas, y), 3 * canvas.width, std::uint8_t{255});
    if (framed) {
      composite_on_white(&rgba[static_cast<std::size_t>(4 * parts.width * inside)], row(canvas, y) + 3 * parts.left,
                         parts.width);
    }
  }
}

Result<DecodeReport> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                            PictureWriter& out) {
  Parts parts;
  DecodeReport report;
  PAW_ASSIGN_OR_RETURN(report.header, open(parts, file, where, limits));
  const std::int64_t width = report.header.width, height = report.header.height;
  const bool inside = parts.width > 0 && parts.height > 0 && parts.left >= 0 && parts.top >= 0 &&
                      parts.width <= width - parts.left && parts.height <= height - parts.top;
  if (!inside) return broken(where, "the first frame of the WebP does not lie on its canvas");
  PAW_RETURN_IF_ERROR(out.begin(report.header, find_chunk(parts, "ICCP")));
  std::vector<std::uint8_t> rgba(static_cast<std::size_t>(parts.width) * static_cast<std::size_t>(parts.height) * 4);
  const std::int64_t rows = read_frame(parts, rgba, report.warning);
  const std::int64_t held = rows == parts.height ? height : rows == 0 ? 0 : parts.top + rows;
  while (out.left() > 0) {
    const std::int64_t first = height - out.left();
    const std::int64_t count = std::min(out.left(), kRowsAtOnce);
    const Canvas canvas{width, count, out.room(count)};
    paint(parts, rgba, rows, first, canvas);
    fill_missing(canvas, held - first);
    out.take(count);
  }
  check_end(file, report.warning);
  PAW_RETURN_IF_ERROR(note_missing(report, held, where));
  return report;
}

}  // namespace

const Decoder kWebpDecoder = {
    .format = PhotoFormat::kWebp, .name = "webp", .matches = matches, .header = header, .decode = decode};

}  // namespace paw
