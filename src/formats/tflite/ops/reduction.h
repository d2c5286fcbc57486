// What the reductions share.
#pragma once

#include "formats/tflite/reader.h"

namespace paw::tflite::ops {

Status read_reduction(OpReader& r, const OpDef& op, bool keep_dims);

}  // namespace paw::tflite::ops
