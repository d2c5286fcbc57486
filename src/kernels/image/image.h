// A photo's 8-bit RGB pixels to a model's input, as docs/preprocess.md defines it to the bit: geometry, the weights of
// resizing to an 8-bit picture (resizer.h), then one float per value.
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
// [pad, pad + count), out of `target`. `mirrored`: everything is counted from the other end, and the weights are those
// that mirroring the photo would give.
struct ImageAxis {
  std::int32_t source = 1, scaled = 1, first = 0, count = 1, pad = 0, target = 1;
  bool mirrored = false;
  bool operator==(const ImageAxis&) const = default;
};

struct ImageResize {
  ImageAxis x, y;
  ImageFilter filter = ImageFilter::kBilinear;
  std::int32_t pad_value = 0;
  std::int64_t row_bytes = 3;  // from a row of the photo to the next: more than 3 x.source when a part of it is used
  bool columns_first = false;  // rows first by definition; the other way round for photos that are stored turned
};

// Null, and `out` is set; else what is wrong. Any numbers may be asked for.
const char* plan_image_resize(const ImageRequest& request, ImageResize& out);

// The same for a photo that is stored as EXIF's `orientation` says (1 to 8, others count as 1): its stored rows become
// the picture stored in the same way, to the bit. Requires resize.row_bytes == 3 x.source.
ImageResize resize_as_stored(const ImageResize& upright, int orientation);

// Null when a photo of `photo_bytes` and a picture [y.target][x.target][3] of `picture_bytes` hold all that `resize`
// reads and writes; else what is wrong. Any bits may stand in `resize`: this is the trust boundary.
const char* check_image_resize(const ImageResize& resize, std::uint64_t photo_bytes, std::uint64_t picture_bytes);

// One output pixel of an axis: the sum of count source pixels from `first` on, weighted.
struct ImageSpan {
  std::int32_t first = 0, count = 0;
};

// The weights of an axis: those of its output pixel i begin at weights[i * stride], as multiples of 2^-22, zeros behind
// the last. `first` never decreases from one output pixel to the next.
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

// The most output pixels of an axis that can need source pixels both before and behind the same place.
std::int64_t image_open(const ImageAxis& axis, ImageFilter filter);

// So many bytes may be read behind the last row that a kernel is given, and written behind a row that it makes.
inline constexpr std::int64_t kImageSlack = 64;

// Rows that are worked on at once: enough to share the loading of weights and sums, few enough to stay in the cache.
inline constexpr std::int64_t kImageRows = 16;

// Resizes `count` rows horizontally: columns `columns` of the axis, to[count][columns][3] and slack.
using ImageRowsU8Fn = void (*)(const ImageTaps& taps, Range columns, const std::uint8_t* from, std::int64_t from_stride,
                               std::uint8_t* to, std::int64_t to_stride, std::int64_t count);

// The weighted sum of `count` rows, at most kImageRows, byte by byte: what was summed before (null: nothing) plus
// theirs goes to `after`, or, when that is null, is finished to `bytes` bytes at `to`. Sums are in an order of the
// kernel's own; they take image_sums(bytes) numbers.
using ImageColumnsU8Fn = void (*)(const std::uint8_t* rows, std::int64_t stride, const std::int32_t* weights,
                                  std::int64_t count, const std::int32_t* before, std::int32_t* after, std::uint8_t* to,
                                  std::int64_t bytes);
constexpr std::int64_t image_sums(std::int64_t bytes) { return ceil_div(bytes, 64) * 64; }

constexpr int image_channels(ImageColor color) { return color == ImageColor::kGray ? 1 : 3; }

// values[c][v] = v * scale[c] + bias[c] in double, rounded to float once; c counts the channels in the order `color`.
// [channels][256].
void image_values(ImageColor color, const double* scale, const double* bias, float* values);

// `pixels` pixels, RGB, to y[pixels][channels]. Grey is (19595 R + 38470 G + 7471 B + 32768) / 65536, rounded down.
void image_to_floats(ImageColor color, const float* values, const std::uint8_t* rgb, float* y, std::int64_t pixels);

}  // namespace paw
