// Sparse constants, as they are written: rows along the last axis, of each the blocks that are not all zero.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include <optional>
#include <vector>

#include "tensor/tensor.h"

namespace paw::tflite {

namespace schema {
struct SparsityParameters;
}

struct SparseTensor {
  std::size_t block = 1;                // successive elements of a row that are stored together; it divides the row
  Bytes values;                         // the blocks that are not all zero, row by row
  std::vector<std::uint32_t> segments;  // where each row begins, and the end, in blocks
  std::vector<std::uint32_t> indices;   // which blocks of a row
};

// In blocks of 1, 2, 4, 8 or 16 elements, whichever takes the fewest bytes. Nothing when that is not smaller than all
// elements, or when nothing decodes that type (f32, f16 and i8 are).
std::optional<SparseTensor> encode_sparse(const Tensor& tensor);

flatbuffers::Offset<schema::SparsityParameters> write_sparsity(flatbuffers::FlatBufferBuilder& builder,
                                                               const Shape& shape, const SparseTensor& sparse);

}  // namespace paw::tflite
