// Photos resized while they are decoded: a photo that shrinks is never whole in memory, nor turned at its full size.
// The pixels are those of decoding, turning and resizing one after the other, to the bit.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "kernels/image/resizer.h"
#include "vision/picture_sink.h"
#include "vision/resize_memory.h"

namespace paw {

// Takes photo after photo. One per thread.
class ResizedPicture final : public PictureSink {
 public:
  // How an upright photo of that size is resized; nothing: not at all.
  using Plan = std::function<Result<std::optional<ImageResize>>(std::int64_t width, std::int64_t height,
                                                                std::string_view where)>;
  // kUsage: PAW_ISA names no tier of this machine.
  static Result<std::unique_ptr<ResizedPicture>> create(Plan plan);

  Status begin(std::int64_t width, std::int64_t height, int orientation, std::string_view where) override;
  std::uint8_t* room(std::int64_t rows) override;
  void take(std::int64_t rows) override;

  // After the photo's last row: the picture, upright. The caller may move from it.
  Image& picture();

 private:
  ResizedPicture(Plan plan, const KernelTable& kernels) : plan_(std::move(plan)), kernels_(kernels) {}

  Plan plan_;
  const KernelTable& kernels_;
  std::optional<ImageResize> resize_;  // of the upright photo
  int orientation_ = 1;
  ResizeMemory memory_;
  Image picture_;
  // A photo that shrinks on both sides, resized as it comes.
  std::optional<ImageResizer> resizer_;
  std::int64_t row_bytes_ = 0;
  RowMemory rows_;  // and kImageSlack bytes
  Image stored_;    // the picture, stored as the photo is
  // Any other, resized when it is whole, if at all.
  UprightPicture whole_;
};

}  // namespace paw
