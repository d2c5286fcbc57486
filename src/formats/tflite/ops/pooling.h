// What the two poolings share.
#pragma once

#include "formats/tflite/op_table.h"
#include "formats/tflite/ops/windows.h"
#include "formats/tflite/reader.h"

namespace paw::tflite::ops {

Status read_pool(OpReader& r, const OpDef& op);

// The operator `code` with its window, for the types that both hold.
Status write_pool(OpWriter& w, std::int32_t code, const WrittenWindow& window);

}  // namespace paw::tflite::ops
