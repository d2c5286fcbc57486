// A photo's 8-bit RGB pixels to a model's input, as docs/preprocess.md defines it to the bit: geometry, resizing to an
// 8-bit picture, then one float per value. Work unit of resizing: one row of the picture.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/range.h"

namespace paw {

inline constexpr std::int64_t kMaxPhotoSide = 65'535, kMaxPictureSide = 16'384;

enum class ImageGeometry : std::int32_t {
  kCrop,     // short side to resize_short, then the centre of the picture's size
  kStretch,  // both sides to the picture's, aspect ratio ignored
  kFit,      // long side fitted, the rest filled with pad_value
};
enum class ImageFilter : std::int32_t { kBilinear, kBicubic, kArea, kNearest };
enum class ImageColor : std::int32_t { kRgb, kBgr, kGray };

// What is asked for.
struct ImageRequest {
  std::int64_t photo_width = 1, photo_height = 1;  // or of the part of a photo that is used
  std::int64_t width = 1, height = 1;              // of the picture
  ImageGeometry geometry = ImageGeometry::kCrop;
  std::int64_t resize_short = 1;  // kCrop only, at least the picture's longer side
  ImageFilter filter = ImageFilter::kBilinear;
  std::int64_t pad_value = 0;  // kFit only, 0..255
};

// One axis of it: `source` pixels become `scaled`; of those, [first, first + count) are the picture's pixels
// [pad, pad + count), out of `target`.
struct ImageAxis {
  std::int32_t source = 1, scaled = 1, first = 0, count = 1, pad = 0, target = 1;
  bool operator==(const ImageAxis&) const = default;
};

struct ImageResize {
  ImageAxis x, y;
  ImageFilter filter = ImageFilter::kBilinear;
  std::int32_t pad_value = 0;
  std::int64_t row_bytes = 3;  // from a row of the photo to the next: more than 3 x.source when a part of it is used
};

// Null, and `out` is set; else what is wrong. Any numbers may be asked for.
const char* plan_image_resize(const ImageRequest& request, ImageResize& out);

// Null when a photo of `photo_bytes` and a picture [y.target][x.target][3] of `picture_bytes` hold all that `resize`
// reads and writes; else what is wrong. Any bits may stand in `resize`: this is the trust boundary.
const char* check_image_resize(const ImageResize& resize, std::uint64_t photo_bytes, std::uint64_t picture_bytes);

constexpr std::int64_t image_units(const ImageResize& p) { return p.y.target; }

// One output pixel of an axis: the sum of count source pixels from `first` on, weighted.
struct ImageSpan {
  std::int32_t first = 0, count = 0;
};

// The weights of an axis: those of its output pixel i begin at weights[i * stride], as multiples of 2^-22, zeros behind
// the last.
struct ImageTaps {
  const ImageSpan* spans = nullptr;
  const std::int32_t* weights = nullptr;
  std::int64_t stride = 0;  // a multiple of 8
};

struct ImageTables {
  ImageTaps x, y;
};

inline constexpr int kImageWeightBits = 22;

// Computed once into `memory` (image_table_bytes of it, aligned for int32), then shared by all threads.
std::size_t image_table_bytes(const ImageResize& resize);
ImageTables image_tables(const ImageResize& resize, std::byte* memory);

// Bytes that each thread needs as scratch.
std::size_t image_scratch_bytes(const ImageResize& resize);

// Rows `units` of the picture from the photo's pixels.
using ResizeImageU8Fn = void (*)(const ImageResize& params, const ImageTables& tables, const std::uint8_t* photo,
                                 std::uint8_t* picture, std::byte* scratch, Range units);

constexpr int image_channels(ImageColor color) { return color == ImageColor::kGray ? 1 : 3; }

// values[c][v] = v * scale[c] + bias[c] in double, rounded to float once; c counts the channels in the order `color`.
// [channels][256].
void image_values(ImageColor color, const double* scale, const double* bias, float* values);

// `pixels` pixels, RGB, to y[pixels][channels]. Grey is (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down.
void image_to_floats(ImageColor color, const float* values, const std::uint8_t* rgb, float* y, std::int64_t pixels);

}  // namespace paw
