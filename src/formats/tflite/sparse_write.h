// Sparse constants, as they are written: rows along the last axis, of each the positions that are not zero.
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
  Bytes values;                         // the elements that are not zero, row by row
  std::vector<std::uint32_t> segments;  // where each row begins, and the end
  std::vector<std::uint32_t> indices;   // positions along the last axis
};

// Nothing when that is not smaller, or when nothing decodes that type (f32, f16 and i8 are).
std::optional<SparseTensor> encode_sparse(const Tensor& tensor);

flatbuffers::Offset<schema::SparsityParameters> write_sparsity(flatbuffers::FlatBufferBuilder& builder,
                                                               const Shape& shape, const SparseTensor& sparse);

}  // namespace paw::tflite
