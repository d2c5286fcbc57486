// PNG by libpng. Sixteen bits become eight by rounding, gAMA and cHRM are ignored, an iCCP profile is handed on.
#include <fmt/core.h>
#include <png.h>

#include <csetjmp>
#include <cstring>
#include <optional>

#include "vision/decoders/decoder.h"
#include "vision/exif.h"

namespace paw {
namespace {

using namespace std::string_view_literals;

constexpr auto kSignature = "\x89PNG\r\n\x1A\n"sv;
constexpr std::size_t kEndBytes = 8;                   // of IEND and its CRC, at the end of the file
constexpr png_alloc_size_t kMaxChunkBytes = 8U << 20;  // of one ancillary chunk in memory
constexpr png_uint_32 kMaxCachedChunks = 100;

// One file being read. As in JPEG, errors jump back to `guarded`, over functions that only call libpng.
class PngReader {
 public:
  explicit PngReader(std::span<const std::byte> file) : file_(file) {}
  PngReader(const PngReader&) = delete;
  PngReader& operator=(const PngReader&) = delete;
  ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }

  png_structp png() { return png_; }
  png_infop info() { return info_; }
  std::string& warning() { return warning_; }
  const char* error() const { return error_; }
  bool ended() const { return ended_; }
  std::size_t offset() const { return offset_; }

  // Reads everything before the first IDAT. False: error() says why.
  bool open() {
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, this, on_error, on_warning);
    info_ = png_ == nullptr ? nullptr : png_create_info_struct(png_);
    if (info_ == nullptr) return false;
    return guarded([this] {
      // libpng's own limits are a second line: check_size speaks to the user.
      png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
      png_set_chunk_malloc_max(png_, kMaxChunkBytes);
      png_set_chunk_cache_max(png_, kMaxCachedChunks);
      // Data with a wrong checksum are shown and complained about; most are only that.
      png_set_crc_action(png_, PNG_CRC_WARN_USE, PNG_CRC_WARN_DISCARD);
      // libpng drops the piece of input in which a file ends: small pieces for those that lack their end.
      if (!has_bytes(file_, file_.size() - kEndBytes, "IEND")) png_set_compression_buffer_size(png_, 64);
      png_set_read_fn(png_, this, on_read);
      png_read_info(png_, info_);
    });
  }

  // False after libpng gave up.
  template <class Body>
  bool guarded(Body body) {
    if (setjmp(jump_) != 0) return false;
    body();
    return true;
  }

 private:
  [[noreturn]] static void on_error(png_structp png, png_const_charp text) {
    auto& self = *static_cast<PngReader*>(png_get_error_ptr(png));
    std::strncpy(self.error_, text, sizeof(self.error_) - 1);
    std::longjmp(self.jump_, 1);
  }
  static void on_warning(png_structp png, png_const_charp text) {
    auto& self = *static_cast<PngReader*>(png_get_error_ptr(png));
    // Said of profiles that many programs wrote for years; they are sRGB in all that matters.
    if (std::string_view(text).starts_with("iCCP: known incorrect sRGB profile")) return;
    complain(self.warning_, text);
  }
  static void on_read(png_structp png, png_bytep to, std::size_t bytes) {
    auto& self = *static_cast<PngReader*>(png_get_io_ptr(png));
    if (bytes > self.file_.size() - self.offset_) {
      self.ended_ = true;
      png_error(png, "the file is truncated");
    }
    std::memcpy(to, self.file_.data() + self.offset_, bytes);
    self.offset_ += bytes;
  }

  std::span<const std::byte> file_;
  std::size_t offset_ = 0;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
  std::jmp_buf jump_{};
  char error_[128] = "no memory";
  std::string warning_;
  bool ended_ = false;
};

bool matches(std::span<const std::byte> file) { return has_bytes(file, 0, kSignature); }

// Data of the first chunk of that type, wherever it stands: libpng tells only what comes before the pixels, and knows
// no animation.
std::optional<std::span<const std::byte>> find_chunk(std::span<const std::byte> file, std::string_view type) {
  constexpr std::size_t kFrame = 12;  // length, type and CRC around the data
  for (std::size_t at = kSignature.size(); at + kFrame <= file.size();) {
    const std::size_t length = big32(file, at);
    if (length > file.size() - at - kFrame) return std::nullopt;
    if (has_bytes(file, at + 4, type)) return file.subspan(at + 8, length);
    at += kFrame + length;
  }
  return std::nullopt;
}

Result<PhotoHeader> open(PngReader& reader, std::span<const std::byte> file, std::string_view where,
                         const DecodeLimits& limits) {
  // Before libpng sees the file: IHDR must come first, and it has the size.
  if (file.size() >= 24 && has_bytes(file, 12, "IHDR")) {
    PAW_RETURN_IF_ERROR(check_size(big32(file, 16), big32(file, 20), where, limits));
  }
  if (!reader.open()) {
    return fail(ErrorCode::kBadData, where,
                reader.ended() ? "a PNG that ends inside its header"
                               : fmt::format("a PNG with a broken header: {}", reader.error()));
  }
  png_structp png = reader.png();
  png_infop info = reader.info();
  const int color = png_get_color_type(png, info);
  const auto exif = find_chunk(file, "eXIf");
  return PhotoHeader{.format = PhotoFormat::kPng,
                     .width = png_get_image_width(png, info),
                     .height = png_get_image_height(png, info),
                     .orientation = exif ? exif_orientation(*exif) : 1,
                     .gray = (color & PNG_COLOR_MASK_COLOR) == 0,
                     .alpha = (color & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(png, info, PNG_INFO_tRNS) != 0,
                     .bits = color == PNG_COLOR_TYPE_PALETTE ? 8 : png_get_bit_depth(png, info),
                     .animated = find_chunk(file, "acTL").has_value(),
                     .icc = png_get_valid(png, info, PNG_INFO_iCCP) != 0};
}

Result<PhotoHeader> header(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  PngReader reader(file);
  return open(reader, file, where, limits);
}

std::span<const std::byte> profile_of(PngReader& reader) {
  png_charp name = nullptr;
  png_bytep data = nullptr;
  png_uint_32 bytes = 0;
  int compression = 0;
  if (png_get_iCCP(reader.png(), reader.info(), &name, &compression, &data, &bytes) == 0) return {};
  return std::as_bytes(std::span(data, bytes));
}

// False after libpng gave up, as in the functions below.
bool start(PngReader& reader) {
  return reader.guarded([&] {
    png_structp png = reader.png();
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, reader.info());
  });
}

// All rows, in several passes: every one adds pixels to every row. `held` counts those of the first.
bool read_interlaced(PngReader& reader, const PhotoHeader& header, PictureWriter& out, std::int64_t& held) {
  const Canvas canvas = out.canvas();
  const std::int64_t stride = (header.alpha ? 4 : 3) * canvas.width;
  std::vector<std::uint8_t> rgba(header.alpha ? static_cast<std::size_t>(stride * canvas.height) : 0);
  std::uint8_t* pixels = header.alpha ? rgba.data() : canvas.rgb;
  const bool whole = reader.guarded([&, pixels, stride] {
    for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; ++pass) {
      for (std::int64_t y = 0; y < canvas.height; ++y) {
        // Shown as it comes in, blocks first: a truncated file then has no holes.
        png_read_row(reader.png(), nullptr, pixels + y * stride);
        if (pass == 0) held = y + 1;
      }
    }
  });
  if (header.alpha) composite_on_white(rgba.data(), canvas.rgb, canvas.width * canvas.height);
  fill_missing(canvas, held);
  out.take(canvas.height);
  return whole;
}

bool read_rows(PngReader& reader, const PhotoHeader& header, PictureWriter& out, std::int64_t& held) {
  const std::int64_t width = header.width, stride = (header.alpha ? 4 : 3) * width;
  std::vector<std::uint8_t> rgba(header.alpha ? static_cast<std::size_t>(kRowsAtOnce * stride) : 0);
  bool whole = true;
  while (whole && out.left() > 0) {
    const std::int64_t rows = std::min(out.left(), kRowsAtOnce), first = held;
    std::uint8_t* const rgb = out.room(rows);
    std::uint8_t* const pixels = header.alpha ? rgba.data() : rgb;
    whole = reader.guarded([&, first, rows, pixels, stride] {
      for (; held < first + rows; ++held) png_read_row(reader.png(), pixels + (held - first) * stride, nullptr);
    });
    if (header.alpha) composite_on_white(rgba.data(), rgb, (held - first) * width);
    fill_missing({width, rows, rgb}, held - first);
    out.take(rows);
  }
  out.take_missing();
  return whole;
}

Result<DecodeReport> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                            PictureWriter& out) {
  PngReader reader(file);
  DecodeReport report;
  PAW_ASSIGN_OR_RETURN(report.header, open(reader, file, where, limits));
  PAW_RETURN_IF_ERROR(out.begin(report.header, profile_of(reader)));
  const bool interlaced = png_get_interlace_type(reader.png(), reader.info()) != PNG_INTERLACE_NONE;
  std::int64_t held = 0;
  const bool whole = start(reader) && (interlaced ? read_interlaced : read_rows)(reader, report.header, out, held);
  if (!whole || !reader.guarded([&] { png_read_end(reader.png(), nullptr); })) {
    complain(reader.warning(), reader.error());
  } else {
    complain_about_rest(reader.warning(), file, reader.offset());
  }
  report.warning = reader.warning();
  PAW_RETURN_IF_ERROR(note_missing(report, held, where));
  return report;
}

}  // namespace

const Decoder kPngDecoder = {
    .format = PhotoFormat::kPng, .name = "png", .matches = matches, .header = header, .decode = decode};

}  // namespace paw
