// Sparse tensors: which elements are stored, level by level along the axes.
#pragma once

#include "formats/tflite/load.h"
#include "tensor/type.h"

namespace paw::tflite {

// The elements of a sparse constant, zeros included. Blocks are understood. `held` grows by their bytes, up to
// kMaxHeld.
Result<Bytes> decode_sparse(const File& file, std::int32_t index, const TensorType& type, std::size_t& held);

}  // namespace paw::tflite
