// What the reductions share.
#pragma once

#include "formats/tflite/reader.h"
#include "formats/tflite/writer.h"

namespace paw::tflite::ops {

Status read_reduction(OpReader& r, const OpDef& op, bool keep_dims);

// x and the axes.
Result<std::vector<std::int32_t>> write_reduction(OpWriter& w);

}  // namespace paw::tflite::ops
