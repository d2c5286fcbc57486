#include "formats/tflite/sparse_write.h"

#include <algorithm>
#include <cstring>
#include <numeric>

#include "schema_generated.h"

namespace paw::tflite {

namespace {

constexpr std::size_t kTables = 512;  // bytes that the description itself takes, about
constexpr std::size_t kBlocks[] = {1, 2, 4, 8, 16};

// A zero of either sign would come back as +0; -0 is stored.
bool is_zero(std::span<const std::byte> elements) {
  return std::ranges::all_of(elements, [](std::byte b) { return b == std::byte{0}; });
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

// A tensor as rows of blocks along its last axis.
struct Blocks {
  std::span<const std::byte> data;
  std::size_t size, in_row;  // bytes of a block; blocks of a row

  Blocks(const Tensor& tensor, std::size_t block)
      : data(tensor.data.span()),
        size(block * storage_bytes(tensor.type.dtype, 1)),
        in_row(static_cast<std::size_t>(tensor.type.shape.back()) / block) {}
  std::size_t count() const { return data.size() / size; }
  std::span<const std::byte> operator[](std::size_t i) const { return data.subspan(i * size, size); }

  // That storing those which are not zero takes.
  std::size_t bytes() const {
    std::size_t stored = 0;
    for (std::size_t i = 0; i < count(); ++i) stored += is_zero((*this)[i]) ? 0u : 1u;
    return stored * (size + width_for(in_row - 1)) + (count() / in_row + 1) * width_for(stored) + kTables;
  }
};

std::size_t smallest_block(const Tensor& tensor) {
  std::size_t best = 1, fewest = Blocks(tensor, 1).bytes();
  for (const std::size_t block : kBlocks) {
    if (tensor.type.shape.back() % static_cast<std::int64_t>(block) != 0) continue;
    const std::size_t bytes = Blocks(tensor, block).bytes();
    if (bytes >= fewest) continue;
    best = block;
    fewest = bytes;
  }
  return best;
}

}  // namespace

std::optional<SparseTensor> encode_sparse(const Tensor& tensor) {
  const TensorType& type = tensor.type;
  const bool decoded = type.dtype == DType::kF32 || type.dtype == DType::kF16 || type.dtype == DType::kI8;
  if (!decoded || type.shape.rank() == 0) return std::nullopt;
  SparseTensor out{.block = smallest_block(tensor), .values = {}, .segments = {}, .indices = {}};
  const Blocks blocks(tensor, out.block);
  if (blocks.bytes() >= tensor.data.size()) return std::nullopt;
  std::vector<std::byte> values;
  for (std::size_t i = 0; i < blocks.count(); ++i) {
    if (i % blocks.in_row == 0) out.segments.push_back(static_cast<std::uint32_t>(out.indices.size()));
    if (is_zero(blocks[i])) continue;
    out.indices.push_back(static_cast<std::uint32_t>(i % blocks.in_row));
    values.insert(values.end(), blocks[i].begin(), blocks[i].end());
  }
  if (values.empty()) return std::nullopt;
  out.segments.push_back(static_cast<std::uint32_t>(out.indices.size()));
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
  const std::size_t in_row = static_cast<std::size_t>(shape.back()) / sparse.block;
  const Vector segments = write_numbers(b, sparse.segments, sparse.indices.size());
  const Vector indices = write_numbers(b, sparse.indices, in_row - 1);
  axes.push_back(schema::CreateDimensionMetadata(b, schema::DimensionType::SPARSE_CSR,
                                                 static_cast<std::int32_t>(in_row), segments.type, segments.table,
                                                 indices.type, indices.table));
  flatbuffers::Offset<flatbuffers::Vector<std::int32_t>> blocked;  // the axis that blocks lie along
  if (sparse.block > 1) {
    axes.push_back(
        schema::CreateDimensionMetadata(b, schema::DimensionType::DENSE, static_cast<std::int32_t>(sparse.block)));
    blocked = b.CreateVector(std::vector<std::int32_t>{shape.rank() - 1});
  }
  std::vector<std::int32_t> order(axes.size());
  std::iota(order.begin(), order.end(), 0);
  const auto traversal = b.CreateVector(order);
  const auto all = b.CreateVector(axes);
  return schema::CreateSparsityParameters(b, traversal, blocked, all);
}

}  // namespace paw::tflite
