// HEIC by libheif. The file's own rotation, mirroring and cropping boxes are applied by libheif; the EXIF orientation
// in it repeats them and is not looked at, so that nothing is turned twice.
#include <fmt/core.h>
#include <libheif/heif.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <mutex>

#include "vision/decoders/decoder.h"
#include "vision/decoders/hevc_size.h"

namespace paw {
namespace {

constexpr std::size_t kMaxBrands = 64;

struct Free {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
};

struct Opened {
  std::unique_ptr<heif_context, Free> context;
  std::unique_ptr<heif_image_handle, Free> handle;
};

// libde265 prints what it finds wrong with a file to stdio's `stderr`, whatever it is asked. glibc documents that
// variable as one that may be set: while a HEIC is decoded, on any thread, it is a stream to nowhere. Progress, which
// may be shown meanwhile, writes to the descriptor.
class QuietStderr {
 public:
  QuietStderr() {
#ifdef __GLIBC__
    const std::lock_guard lock(mutex);
    if (users++ > 0) return;
    if (nowhere == nullptr) nowhere = std::fopen("/dev/null", "w");
    shown = stderr;
    if (nowhere != nullptr) stderr = nowhere;
#endif
  }
  QuietStderr(const QuietStderr&) = delete;
  QuietStderr& operator=(const QuietStderr&) = delete;
  ~QuietStderr() {
#ifdef __GLIBC__
    const std::lock_guard lock(mutex);
    if (--users == 0) stderr = shown;
#endif
  }

 private:
#ifdef __GLIBC__
  static inline std::mutex mutex;
  static inline int users = 0;
  static inline std::FILE *nowhere = nullptr, *shown = nullptr;
#endif
};

// True when the ftyp box names one of `brands` as major or compatible.
bool has_brand(std::span<const std::byte> file, std::span<const std::string_view> brands) {
  if (file.size() < 16 || !has_bytes(file, 4, "ftyp")) return false;
  const std::size_t end = std::min<std::size_t>({big32(file, 0), file.size(), 16 + 4 * kMaxBrands});
  for (std::size_t at = 8; at + 4 <= end; at += 4) {
    for (const std::string_view brand : brands) {
      // Bytes 12 to 15 are a version.
      if (at != 12 && has_bytes(file, at, brand)) return true;
    }
  }
  return false;
}

// ISO/IEC 23008-12, annex B: pictures and sequences coded by HEVC. AVIF shares the container but not these.
constexpr std::string_view kBrands[] = {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"};
constexpr std::string_view kSequences[] = {"msf1", "hevc", "hevx", "hevm", "hevs"};

bool matches(std::span<const std::byte> file) { return has_brand(file, kBrands); }

std::unexpected<Error> broken(std::string_view where, const heif_error& error) {
  const bool no_decoder = error.code == heif_error_Unsupported_feature || error.code == heif_error_Plugin_loading_error;
  return fail(ErrorCode::kBadData, where, fmt::format("a HEIC that cannot be decoded: {}", error.message),
              no_decoder ? "libheif may lack its HEVC decoder, libde265 (on some systems the package "
                           "libheif-plugin-libde265)"
                         : "");
}

// libheif bounds pictures by their sides only, and looks at what the boxes claim. The picture itself may claim more,
// and libde265 believes it.
Status check_coded_size(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  const CodedSize coded = largest_sps(file);
  if (coded == CodedSize{}) return {};
  return check_size(coded.width, coded.height, where, limits);
}

// Of what libheif puts together from tiles: four times the allowed area at most, and long panoramas pass.
int max_side(const DecodeLimits& limits) {
  const double side = 2 * std::sqrt(static_cast<double>(limits.max_pixels));
  return static_cast<int>(std::min(static_cast<double>(limits.max_side), side));
}

Result<PhotoHeader> open(Opened& opened, std::span<const std::byte> file, std::string_view where,
                         const DecodeLimits& limits) {
  PAW_RETURN_IF_ERROR(check_coded_size(file, where, limits));
  opened.context.reset(heif_context_alloc());
  heif_context* context = opened.context.get();
  // On the caller's thread: who decodes many photos runs them side by side.
  heif_context_set_max_decoding_threads(context, 0);
  heif_context_set_maximum_image_size_limit(context, max_side(limits));
  if (const auto error = heif_context_read_from_memory_without_copy(context, file.data(), file.size(), nullptr);
      error.code != heif_error_Ok) {
    return broken(where, error);
  }
  heif_image_handle* handle = nullptr;
  if (const auto error = heif_context_get_primary_image_handle(context, &handle); error.code != heif_error_Ok) {
    return broken(where, error);
  }
  opened.handle.reset(handle);
  const heif_color_profile_type profile = heif_image_handle_get_color_profile_type(handle);
  const int bits = heif_image_handle_get_luma_bits_per_pixel(handle);
  PhotoHeader header{.format = PhotoFormat::kHeic,
                     .width = heif_image_handle_get_width(handle),
                     .height = heif_image_handle_get_height(handle),
                     .alpha = heif_image_handle_has_alpha_channel(handle) != 0,
                     .bits = bits > 0 ? bits : 8,
                     .animated = has_brand(file, kSequences),
                     .icc = profile == heif_color_profile_type_rICC || profile == heif_color_profile_type_prof};
  // Cropping boxes shrink what is told here, and the coded picture is what takes memory.
  PAW_RETURN_IF_ERROR(
      check_size(heif_image_handle_get_ispe_width(handle), heif_image_handle_get_ispe_height(handle), where, limits));
  PAW_RETURN_IF_ERROR(check_size(header.width, header.height, where, limits));
  return header;
}

// Premultiplied colours are already dark where they are transparent.
void premultiplied_on_white(const std::uint8_t* rgba, std::uint8_t* rgb, std::int64_t pixels) {
  for (std::int64_t i = 0; i < pixels; ++i, rgba += 4, rgb += 3) {
    for (int c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>(std::min(255, rgba[c] + 255 - rgba[3]));
  }
}

void copy_row(const std::uint8_t* line, bool alpha, bool premultiplied, std::uint8_t* rgb, std::int64_t width) {
  if (!alpha) {
    std::copy_n(line, 3 * width, rgb);
  } else if (premultiplied) {
    premultiplied_on_white(line, rgb, width);
  } else {
    composite_on_white(line, rgb, width);
  }
}

void copy_rows(const heif_image* from, const heif_image_handle* handle, const PhotoHeader& header, PictureWriter& out) {
  int stride = 0;
  const std::uint8_t* line = heif_image_get_plane_readonly(from, heif_channel_interleaved, &stride);
  const bool premultiplied = heif_image_handle_is_premultiplied_alpha(handle) != 0;
  while (out.left() > 0) {
    const std::int64_t rows = std::min(out.left(), kRowsAtOnce);
    std::uint8_t* rgb = out.room(rows);
    for (std::int64_t y = 0; y < rows; ++y, line += stride, rgb += 3 * header.width) {
      copy_row(line, header.alpha, premultiplied, rgb, header.width);
    }
    out.take(rows);
  }
}

std::vector<std::byte> profile_of(const heif_image_handle* handle) {
  std::vector<std::byte> icc(heif_image_handle_get_raw_color_profile_size(handle));
  if (heif_image_handle_get_raw_color_profile(handle, icc.data()).code != heif_error_Ok) icc.clear();
  return icc;
}

Result<DecodeReport> decode_unguarded(std::span<const std::byte> file, std::string_view where,
                                      const DecodeLimits& limits, PictureWriter& out) {
  Opened opened;
  DecodeReport report;
  PAW_ASSIGN_OR_RETURN(report.header, open(opened, file, where, limits));
  const std::unique_ptr<heif_decoding_options, Free> options(heif_decoding_options_alloc());
  options->convert_hdr_to_8bit = 1;
  const bool alpha = report.header.alpha;
  heif_image* pixels = nullptr;
  const auto error =
      heif_decode_image(opened.handle.get(), &pixels, heif_colorspace_RGB,
                        alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB, options.get());
  const std::unique_ptr<heif_image, Free> owner(pixels);
  if (error.code != heif_error_Ok || pixels == nullptr) return broken(where, error);
  // What was coded decides, not what the boxes claimed.
  report.header.width = heif_image_get_width(pixels, heif_channel_interleaved);
  report.header.height = heif_image_get_height(pixels, heif_channel_interleaved);
  PAW_RETURN_IF_ERROR(check_size(report.header.width, report.header.height, where, limits));
  PAW_RETURN_IF_ERROR(
      out.begin(report.header, report.header.icc ? profile_of(opened.handle.get()) : std::vector<std::byte>()));
  copy_rows(pixels, opened.handle.get(), report.header, out);
  heif_error warning{};
  if (heif_image_get_decoding_warnings(pixels, 0, &warning, 1) > 0) complain(report.warning, warning.message);
  return report;
}

// libheif is C++ inside, and not everything it throws is caught there.
template <class T>
Result<T> guarded(std::string_view where, const auto& body) {
  const QuietStderr quiet;
  try {
    return body();
  } catch (const std::exception& thrown) {
    return fail(ErrorCode::kBadData, where, fmt::format("a HEIC that cannot be decoded: {}", thrown.what()));
  }
}

Result<PhotoHeader> header(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits) {
  return guarded<PhotoHeader>(where, [&]() -> Result<PhotoHeader> {
    Opened opened;
    return open(opened, file, where, limits);
  });
}

Result<DecodeReport> decode(std::span<const std::byte> file, std::string_view where, const DecodeLimits& limits,
                            PictureWriter& out) {
  return guarded<DecodeReport>(where, [&] { return decode_unguarded(file, where, limits, out); });
}

}  // namespace

const Decoder kHeicDecoder = {
    .format = PhotoFormat::kHeic, .name = "heic", .matches = matches, .header = header, .decode = decode};

}  // namespace paw
