// What the resizing ops share.
#pragma once

#include "formats/tflite/reader.h"

namespace paw::tflite::ops {

Status read_resize(OpReader& r, const OpDef& op, bool align_corners, bool half_pixel_centers);

}  // namespace paw::tflite::ops
