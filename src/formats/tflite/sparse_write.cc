#include "formats/tflite/sparse_write.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::size_t kTables = 512;  // bytes that the description itself takes, about

// A zero of either sign would come back as +0; -0 is stored.
bool is_zero(const std::byte* element, std::size_t width) {
  return std::all_of(element, element + width, [](std::byte b) { return b == std::byte{0}; });
}

std::size_t width_for(std::size_t most) { return most < 256 ? 1 : most < 65536 ? 2 : 4; }

struct Vector {
  schema::SparseIndexVector type;
  flatbuffers::Offset<void> table;
};

// In the narrowest numbers that hold them.
Vector write_numbers(flatbuffers::FlatBufferBuilder& b, const std::vector<std::uint32_t>& numbers, std::size_t most) {
  switch (width_for(most)) {
    case 1: {
      const std::vector<std::uint8_t> narrow(numbers.begin(), numbers.end());
      b.ForceVectorAlignment(narrow.size(), 1, 4);
      return {schema::SparseIndexVector::Uint8Vector, schema::CreateUint8Vector(b, b.CreateVector(narrow)).Union()};
    }
    case 2: {
      const std::vector<std::uint16_t> narrow(numbers.begin(), numbers.end());
      b.ForceVectorAlignment(narrow.size(), 2, 4);
      return {schema::SparseIndexVector::Uint16Vector, schema::CreateUint16Vector(b, b.CreateVector(narrow)).Union()};
    }
    default: {
      const std::vector<std::int32_t> wide(numbers.begin(), numbers.end());
      return {schema::SparseIndexVector::Int32Vector, schema::CreateInt32Vector(b, b.CreateVector(wide)).Union()};
    }
  }
}

}  // namespace

std::optional<SparseTensor> encode_sparse(const Tensor& tensor) {
  const TensorType& type = tensor.type;
  const bool decoded = type.dtype == DType::kF32 || type.dtype == DType::kF16 || type.dtype == DType::kI8;
  if (!decoded || type.shape.rank() == 0) return std::nullopt;
  const auto width = storage_bytes(type.dtype, 1), row = static_cast<std::size_t>(type.shape.back());
  const auto count = static_cast<std::size_t>(type.shape.elements());
  SparseTensor out;
  std::vector<std::byte> values;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % row == 0) out.segments.push_back(static_cast<std::uint32_t>(out.indices.size()));
    const std::byte* element = tensor.data.data() + i * width;
    if (is_zero(element, width)) continue;
    out.indices.push_back(static_cast<std::uint32_t>(i % row));
    values.insert(values.end(), element, element + width);
  }
  out.segments.push_back(static_cast<std::uint32_t>(out.indices.size()));
  const std::size_t bytes = values.size() + out.segments.size() * width_for(out.indices.size()) +
                            out.indices.size() * width_for(row - 1) + kTables;
  if (bytes >= tensor.data.size() || values.empty()) return std::nullopt;
  out.values = Bytes::copy_of(values);
  return out;
}

flatbuffers::Offset<schema::SparsityParameters> write_sparsity(flatbuffers::FlatBufferBuilder& b, const Shape& shape,
                                                               const SparseTensor& sparse) {
  std::vector<flatbuffers::Offset<schema::DimensionMetadata>> axes;
  for (int axis = 0; axis + 1 < shape.rank(); ++axis) {
    axes.push_back(
        schema::CreateDimensionMetadata(b, schema::DimensionType::DENSE, static_cast<std::int32_t>(shape[axis])));
  }
  const Vector segments = write_numbers(b, sparse.segments, sparse.indices.size());
  const Vector indices = write_numbers(b, sparse.indices, static_cast<std::size_t>(shape.back()) - 1);
  axes.push_back(schema::CreateDimensionMetadata(b, schema::DimensionType::SPARSE_CSR,
                                                 static_cast<std::int32_t>(shape.back()), segments.type, segments.table,
                                                 indices.type, indices.table));
  std::vector<std::int32_t> order(static_cast<std::size_t>(shape.rank()));
  std::iota(order.begin(), order.end(), 0);
  const auto traversal = b.CreateVector(order);
  const auto all = b.CreateVector(axes);
  return schema::CreateSparsityParameters(b, traversal, 0, all);
}

}  // namespace paw::tflite
