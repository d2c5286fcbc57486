// A model's preprocessing, executed: the pixels of a photo become its input. The arithmetic is docs/preprocess.md's, in
// kernels/image; here are types, checks and memory. Knows no file.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "base/cpu.h"
#include "base/error.h"
#include "ir/preprocess.h"
#include "kernels/image/image.h"
#include "vision/image.h"
#include "vision/resize_memory.h"

namespace paw {

struct KernelTable;

// The rectangle of a photo that is used, in its pixels: what lies outside is as if it were not there.
struct PhotoPart {
  std::int64_t x = 0, y = 0, width = 0, height = 0;
};

struct ChannelStats {
  double min = 0, max = 0, mean = 0;
};

// What became of a photo, for traces. Sizes in pixels.
struct PreprocessTrace {
  ImageResize resize;                          // sizes, window and padding
  Image picture;                               // after geometry and resizing, before colour order and scale
  std::array<ChannelStats, 3> pixels, values;  // of the picture, RGB; of the input, one for kGray
};

// How a photo of that size becomes the picture: sizes, window, padding. kBadData, naming `where`: it cannot.
Result<ImageResize> plan_picture(const Preprocess& preprocess, std::int64_t width, std::int64_t height,
                                 std::string_view where);

// One thread's: holds memory that photo after photo reuses.
class Preprocessor {
 public:
  // kUnsupported: a record that cannot be executed. kUsage: PAW_ISA names no tier of this machine.
  static Result<Preprocessor> create(const Preprocess& preprocess);

  const Preprocess& record() const { return preprocess_; }
  // Numbers of one input, [height][width][channels].
  std::int64_t input_size() const;

  // All fail with kBadData, naming `where`, when the photo's sides are out of range, its pixels are fewer or more than
  // they say, or `part` leaves it; and with kInternal when `input` is not of input_size().

  // [height][width][channels], channels in the record's colour order.
  Status run(const Image& photo, std::span<float> input, std::string_view where);
  // The picture that `run` normalises, width x height. `out` is not `photo`.
  Status picture(const Image& photo, Image& out, std::string_view where);
  Status picture(const Image& photo, const PhotoPart& part, Image& out, std::string_view where);
  // The rest of `run`, for a picture that was changed in between.
  Status values(const Image& picture, std::span<float> input, std::string_view where) const;
  // `run`, with what became of the photo.
  Result<PreprocessTrace> trace(const Image& photo, std::span<float> input, std::string_view where);

 private:
  Preprocess preprocess_;
  ImageColor color_ = ImageColor::kRgb;
  const KernelTable* kernels_ = nullptr;
  std::array<float, 3 * 256> values_{};
  ResizeMemory memory_;
  Image picture_;
  ImageResize resize_;  // of the last photo
};

}  // namespace paw
