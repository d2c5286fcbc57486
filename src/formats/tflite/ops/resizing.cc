#include "formats/tflite/ops/resizing.h"

#include "ops/resize.h"

namespace paw::tflite::ops {

Status read_resize(OpReader& r, const OpDef& op, bool align_corners, bool half_pixel_centers) {
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.in(0));
  PAW_ASSIGN_OR_RETURN(const std::vector<std::int64_t> size, r.integers(1, "size"));
  if (size.size() != 2) return r.error("expected a size of height and width");
  if (align_corners && half_pixel_centers) return r.error("aligns corners and pixel centres at once");
  ResizeAttrs attrs{.size = {size[0], size[1]}, .coordinates = ResizeCoordinates::kAsymmetric};
  if (align_corners) attrs.coordinates = ResizeCoordinates::kAlignCorners;
  if (half_pixel_centers) attrs.coordinates = ResizeCoordinates::kHalfPixel;
  return r.result(op, {x}, attrs);
}

}  // namespace paw::tflite::ops
