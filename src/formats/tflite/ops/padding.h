// The operators that pad.
#pragma once

#include "formats/tflite/writer.h"

namespace paw::tflite::ops {

// Input 0 of the node, framed into tensor `to`. `amounts`: before and after, axis by axis.
Status write_padding(OpWriter& w, std::span<const std::int64_t> amounts, double value, std::int32_t to);

}  // namespace paw::tflite::ops
