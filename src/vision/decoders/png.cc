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
    return fail(ErrorCode::kBadData, std::string(where),
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

// Reads all rows; `held` counts them. With alpha they pass through `rgba`, one row, or all of them when interlaced:
// every pass adds pixels to every row. False after libpng gave up.
bool read_rows(PngReader& reader, const PhotoHeader& header, Image& image, std::vector<std::uint8_t>& rgba,
               std::int64_t& held) {
  const std::int64_t width = header.width;
  return reader.guarded([&, width] {
    png_structp png = reader.png();
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    const bool interlaced = png_get_interlace_type(png, reader.info()) != PNG_INTERLACE_NONE;
    const int passes = interlaced ? png_set_interlace_handling(png) : 1;
    png_read_update_info(png, reader.info());
    for (int pass = 0; pass < passes; ++pass) {
      for (std::int64_t y = 0; y < header.height; ++y) {
        std::uint8_t* pixels = header.alpha ? rgba.data() + (interlaced ? 4 * y * width : 0) : row(image, y);
        // Shown as it comes in, blocks first: a truncated file then has no holes.
        png_read_row(png, interlaced ? nullptr : pixels, interlaced ? pixels : nullptr);
        if (header.alpha && pass == passes - 1 && !interlaced) composite_on_white(pixels, row(image, y), width);
        if (pass == 0) held = y + 1;
      }
    }
  });
}

Result<Decoded> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                       Image memory) {
  PngReader reader(file);
  Decoded decoded;
  PAW_ASSIGN_OR_RETURN(decoded.header, open(reader, file, where, limits));
  const PhotoHeader& header = decoded.header;
  const auto icc = profile_of(reader);
  decoded.icc.assign(icc.begin(), icc.end());
  decoded.image = make_image(header.width, header.height, std::move(memory));
  const bool interlaced = png_get_interlace_type(reader.png(), reader.info()) != PNG_INTERLACE_NONE;
  std::vector<std::uint8_t> rgba;
  if (header.alpha) {
    rgba.resize(static_cast<std::size_t>(header.width) * (interlaced ? static_cast<std::size_t>(header.height) : 1) *
                4);
  }
  std::int64_t held = 0;
  const bool whole = read_rows(reader, header, decoded.image, rgba, held);
  if (header.alpha && interlaced) {
    composite_on_white(rgba.data(), decoded.image.rgb.data(), header.width * header.height);
  }
  if (!whole || !reader.guarded([&] { png_read_end(reader.png(), nullptr); })) {
    complain(reader.warning(), reader.error());
  } else {
    complain_about_rest(reader.warning(), file, reader.offset());
  }
  decoded.warning = reader.warning();
  PAW_RETURN_IF_ERROR(mark_missing(decoded, held, where));
  return decoded;
}

}  // namespace

const Decoder kPngDecoder = {
    .format = PhotoFormat::kPng, .name = "png", .matches = matches, .header = header, .decode = decode};

}  // namespace paw
