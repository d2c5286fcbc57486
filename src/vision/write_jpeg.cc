#include "vision/write_jpeg.h"

// jpeglib.h wants these first.
#include <csetjmp>
#include <cstdio>
#include <cstdlib>
// clang-format off
#include <jpeglib.h>
// clang-format on

namespace paw {

namespace {

// One file being written. libjpeg reports errors by a function that must not return: it jumps back to write(), which
// calls nothing but libjpeg.
class JpegWriter {
 public:
  JpegWriter() {
    info_.err = jpeg_std_error(&errors_);
    errors_.error_exit = [](j_common_ptr info) { std::longjmp(static_cast<JpegWriter*>(info->client_data)->jump_, 1); };
    errors_.output_message = [](j_common_ptr) {};
    info_.client_data = this;
  }
  JpegWriter(const JpegWriter&) = delete;
  JpegWriter& operator=(const JpegWriter&) = delete;
  ~JpegWriter() {
    jpeg_destroy_compress(&info_);
    std::free(memory_);
  }

  // False: error() says why.
  bool write(const Image& image, int quality) {
    if (setjmp(jump_) != 0) return false;
    jpeg_CreateCompress(&info_, JPEG_LIB_VERSION, sizeof(info_));
    jpeg_mem_dest(&info_, &memory_, &size_);
    info_.image_width = static_cast<JDIMENSION>(image.width);
    info_.image_height = static_cast<JDIMENSION>(image.height);
    info_.input_components = 3;
    info_.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info_);
    jpeg_set_quality(&info_, quality, TRUE);
    info_.dct_method = JDCT_ISLOW;
    jpeg_start_compress(&info_, TRUE);
    const std::size_t stride = static_cast<std::size_t>(image.width) * 3;
    while (info_.next_scanline < info_.image_height) {
      auto* line = const_cast<JSAMPROW>(image.rgb.data() + info_.next_scanline * stride);
      jpeg_write_scanlines(&info_, &line, 1);
    }
    jpeg_finish_compress(&info_);
    return true;
  }

  std::span<const std::byte> file() const { return {reinterpret_cast<const std::byte*>(memory_), size_}; }

  std::string error() {
    char text[JMSG_LENGTH_MAX];
    errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), text);
    return text;
  }

 private:
  jpeg_compress_struct info_{};
  jpeg_error_mgr errors_{};
  std::jmp_buf jump_{};
  unsigned char* memory_ = nullptr;
  unsigned long size_ = 0;
};

}  // namespace

Result<Bytes> write_jpeg(const Image& image, int quality) {
  const bool fits = image.width > 0 && image.height > 0 && image.width <= JPEG_MAX_DIMENSION &&
                    image.height <= JPEG_MAX_DIMENSION &&
                    static_cast<std::int64_t>(image.rgb.size()) == image.width * image.height * 3;
  if (!fits) return fail(ErrorCode::kInternal, "write_jpeg", "the image has no pixels, or not those of its size");
  JpegWriter writer;
  if (!writer.write(image, quality)) return fail(ErrorCode::kInternal, "write_jpeg", writer.error());
  return Bytes::copy_of(writer.file());
}

}  // namespace paw
