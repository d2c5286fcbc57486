#include "vision/write_png.h"

#include <png.h>
#include <zlib.h>

#include <csetjmp>
#include <cstring>
#include <string>
#include <vector>

namespace paw {

namespace {

// libpng reports by callback and jumps; nothing between setjmp and here owns memory.
struct Sink {
  std::vector<std::byte> bytes;
  std::string problem;
};

void take(png_structp png, png_bytep data, std::size_t count) {
  auto& sink = *static_cast<Sink*>(png_get_io_ptr(png));
  const auto* from = reinterpret_cast<const std::byte*>(data);
  sink.bytes.insert(sink.bytes.end(), from, from + count);
}

void flush(png_structp) {}

void failed(png_structp png, png_const_charp message) {
  static_cast<Sink*>(png_get_error_ptr(png))->problem = message;
  png_longjmp(png, 1);
}

void warned(png_structp, png_const_charp) {}

void encode(png_structp png, png_infop info, const Image& image) {
  if (setjmp(png_jmpbuf(png)) != 0) return;
  // Every choice that libpng would make by itself is made here.
  png_set_compression_level(png, 3);  // 6 takes three times as long for 2 % less
  png_set_compression_mem_level(png, 8);
  png_set_compression_strategy(png, Z_FILTERED);
  png_set_compression_window_bits(png, 15);
  png_set_compression_buffer_size(png, 8192);
  png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_SUB);
  png_set_IHDR(png, info, static_cast<png_uint_32>(image.width), static_cast<png_uint_32>(image.height), 8,
               PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  for (std::int64_t y = 0; y < image.height; ++y) png_write_row(png, image.rgb.data() + y * image.width * 3);
  png_write_end(png, nullptr);
}

}  // namespace

Result<Bytes> write_png(const Image& image) {
  const auto expected = static_cast<std::size_t>(image.width * image.height * 3);
  if (image.width < 1 || image.height < 1 || image.rgb.size() != expected) {
    return fail(ErrorCode::kInternal, "png",
                "an image of " + std::to_string(image.width) + " x " + std::to_string(image.height) + " with " +
                    std::to_string(image.rgb.size()) + " bytes");
  }
  Sink sink;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &sink, failed, warned);
  png_infop info = png == nullptr ? nullptr : png_create_info_struct(png);
  if (info == nullptr) {
    png_destroy_write_struct(&png, nullptr);
    return fail(ErrorCode::kInternal, "png", "libpng cannot start");
  }
  png_set_write_fn(png, &sink, take, flush);
  encode(png, info, image);
  png_destroy_write_struct(&png, &info);
  if (!sink.problem.empty()) return fail(ErrorCode::kInternal, "png", sink.problem);
  AlignedBuffer buffer(sink.bytes.size());
  std::memcpy(buffer.data(), sink.bytes.data(), sink.bytes.size());
  return Bytes(std::move(buffer));
}

}  // namespace paw
