// GIF by giflib: the first frame on a white canvas; whether more follow is found by skipping over their data.
#include <fmt/core.h>
#include <gif_lib.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "vision/decoders/decoder.h"

namespace paw {
namespace {

struct Source {
  std::span<const std::byte> file;
  std::size_t offset = 0;
};

int read_source(GifFileType* gif, GifByteType* to, int bytes) {
  auto& source = *static_cast<Source*>(gif->UserData);
  const std::size_t count = std::min(static_cast<std::size_t>(bytes), source.file.size() - source.offset);
  std::memcpy(to, source.file.data() + source.offset, count);
  source.offset += count;
  return static_cast<int>(count);
}

struct Close {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};
using Gif = std::unique_ptr<GifFileType, Close>;

// The file up to the pixels of its first frame.
struct Opened {
  Source source;
  Gif gif;
  int transparent = NO_TRANSPARENT_COLOR;
};

std::unexpected<Error> broken(std::string_view where, int code) {
  const char* text = GifErrorString(code);
  return fail(ErrorCode::kBadData, where,
              fmt::format("a broken GIF: {}", text == nullptr ? "it ends inside its header" : text));
}

bool matches(std::span<const std::byte> file) { return has_bytes(file, 0, "GIF87a") || has_bytes(file, 0, "GIF89a"); }

// Reads one extension; a graphics control tells the transparent colour of the frame behind it.
bool read_extension(GifFileType* gif, int& transparent) {
  int code = 0;
  GifByteType* data = nullptr;
  if (DGifGetExtension(gif, &code, &data) == GIF_ERROR) return false;
  while (data != nullptr) {
    GraphicsControlBlock control{};
    if (code == GRAPHICS_EXT_FUNC_CODE && DGifExtensionToGCB(data[0], data + 1, &control) == GIF_OK) {
      transparent = control.TransparentColor;
    }
    if (DGifGetExtensionNext(gif, &data) == GIF_ERROR) return false;
  }
  return true;
}

// Goes on to the next frame's description. False: there is none, or the file is broken.
bool next_frame(GifFileType* gif, int& transparent) {
  GifRecordType record = UNDEFINED_RECORD_TYPE;
  while (DGifGetRecordType(gif, &record) == GIF_OK) {
    if (record == IMAGE_DESC_RECORD_TYPE) return DGifGetImageDesc(gif) == GIF_OK;
    if (record != EXTENSION_RECORD_TYPE || !read_extension(gif, transparent)) return false;
  }
  return false;
}

// Some writers leave the screen's size at zero or smaller than the frame: the canvas holds both.
Result<PhotoHeader> open(Opened& opened, std::string_view where, const DecodeLimits& limits) {
  int error = 0;
  opened.gif.reset(DGifOpen(&opened.source, read_source, &error));
  if (opened.gif == nullptr) return broken(where, error);
  GifFileType* gif = opened.gif.get();
  if (!next_frame(gif, opened.transparent)) return broken(where, gif->Error);
  const GifImageDesc& frame = gif->Image;
  PAW_RETURN_IF_ERROR(check_size(frame.Width, frame.Height, where, limits));
  PhotoHeader header{.format = PhotoFormat::kGif,
                     .width = std::max<std::int64_t>(gif->SWidth, std::int64_t{frame.Left} + frame.Width),
                     .height = std::max<std::int64_t>(gif->SHeight, std::int64_t{frame.Top} + frame.Height),
                     .alpha = opened.transparent != NO_TRANSPARENT_COLOR};
  PAW_RETURN_IF_ERROR(check_size(header.width, header.height, where, limits));
  return header;
}

// Skips the data of the frame that was opened.
bool skip_frame(GifFileType* gif) {
  int code_size = 0;
  GifByteType* block = nullptr;
  if (DGifGetCode(gif, &code_size, &block) == GIF_ERROR) return false;
  while (block != nullptr) {
    if (DGifGetCodeNext(gif, &block) == GIF_ERROR) return false;
  }
  return true;
}

Result<PhotoHeader> header(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  Opened opened{.source = {.file = file}};
  PAW_ASSIGN_OR_RETURN(PhotoHeader header, open(opened, where, limits));
  int ignored = 0;
  header.animated = skip_frame(opened.gif.get()) && next_frame(opened.gif.get(), ignored);
  return header;
}

// Rows in the order in which they are stored.
std::vector<int> row_order(int height, bool interlaced) {
  std::vector<int> order;
  order.reserve(static_cast<std::size_t>(height));
  constexpr struct {
    int first, step;
  } kPasses[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};
  if (interlaced) {
    for (const auto& pass : kPasses) {
      for (int y = pass.first; y < height; y += pass.step) order.push_back(y);
    }
  } else {
    for (int y = 0; y < height; ++y) order.push_back(y);
  }
  return order;
}

void paint_row(const std::vector<GifPixelType>& indices, const ColorMapObject& colors, int transparent,
               std::uint8_t* to) {
  for (const GifPixelType index : indices) {
    GifColorType color{};  // black past the end of the table
    if (index == transparent) {
      color = {255, 255, 255};
    } else if (index < colors.ColorCount) {
      color = colors.Colors[index];
    }
    *to++ = color.Red;
    *to++ = color.Green;
    *to++ = color.Blue;
  }
}

// The number of rows that were there.
int read_frame(Opened& opened, const ColorMapObject& colors, const Canvas& canvas) {
  GifFileType* gif = opened.gif.get();
  const GifImageDesc frame = gif->Image;
  std::vector<GifPixelType> indices(static_cast<std::size_t>(frame.Width));
  int rows = 0;
  for (const int y : row_order(frame.Height, frame.Interlace)) {
    if (DGifGetLine(gif, indices.data(), frame.Width) == GIF_ERROR) break;
    paint_row(indices, colors, opened.transparent, row(canvas, frame.Top + y) + 3 * std::int64_t{frame.Left});
    ++rows;
  }
  return rows;
}

// Rows of the frame from `held` on, in the order in which they are stored.
void fill_missing_rows(const GifImageDesc& frame, int held, const Canvas& canvas) {
  const auto order = row_order(frame.Height, frame.Interlace);
  for (std::size_t i = static_cast<std::size_t>(held); i < order.size(); ++i) {
    std::fill_n(row(canvas, frame.Top + order[i]) + 3 * std::int64_t{frame.Left}, 3 * frame.Width, kMissingGray);
  }
}

// What stands behind the first frame.
void look_behind(Opened& opened, DecodeReport& report) {
  int ignored = 0;
  report.header.animated = next_frame(opened.gif.get(), ignored);
  if (report.header.animated) return;
  const auto file = opened.source.file;
  if (opened.source.offset == file.size() && file.back() != std::byte{';'}) {
    complain(report.warning, "the file is truncated");
  }
  complain_about_rest(report.warning, file, opened.source.offset);
}

Result<DecodeReport> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                            PictureWriter& out) {
  Opened opened{.source = {.file = file}};
  DecodeReport report;
  PAW_ASSIGN_OR_RETURN(report.header, open(opened, where, limits));
  GifFileType* gif = opened.gif.get();
  const ColorMapObject* colors = gif->Image.ColorMap != nullptr ? gif->Image.ColorMap : gif->SColorMap;
  if (colors == nullptr) return fail(ErrorCode::kBadData, where, "a GIF without a colour table");
  PAW_RETURN_IF_ERROR(out.begin(report.header, {}));
  const Canvas canvas = out.canvas();
  std::fill_n(canvas.rgb, 3 * canvas.width * canvas.height, std::uint8_t{255});
  const GifImageDesc frame = gif->Image;
  const int rows = read_frame(opened, *colors, canvas);
  if (rows == 0) return fail(ErrorCode::kBadData, where, "a GIF that holds no row of its first frame");
  if (rows < frame.Height) {
    complain(report.warning,
             opened.source.offset == file.size() ? "the file is truncated" : "the picture's data are damaged");
    fill_missing_rows(frame, rows, canvas);
    report.missing = static_cast<double>(frame.Height - rows) / static_cast<double>(canvas.height);
  } else {
    look_behind(opened, report);
  }
  out.take(canvas.height);
  return report;
}

}  // namespace

const Decoder kGifDecoder = {
    .format = PhotoFormat::kGif, .name = "gif", .matches = matches, .header = header, .decode = decode};

}  // namespace paw
