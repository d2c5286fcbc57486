#include "formats/coreml/layout.h"

#include <cstring>

namespace paw::coreml {

namespace {

constexpr std::array<int, 4> kImage = {0, 3, 1, 2};

// Copies elements of `width` bytes in the order that the source strides (in elements) say.
template <std::size_t kWidth>
void copy_strided(const std::byte* from, std::byte* to, const Shape& shape, std::span<const std::int64_t> strides) {
  const int rank = shape.rank();
  if (rank == 0) {
    std::memcpy(to, from, kWidth);
    return;
  }
  std::array<std::int64_t, kMaxRank> at{};
  const std::int64_t inner = shape[rank - 1], step = strides[static_cast<std::size_t>(rank - 1)];
  std::int64_t offset = 0;
  for (std::int64_t left = shape.elements() / inner; left > 0; --left) {
    for (std::int64_t i = 0; i < inner; ++i, to += kWidth) {
      std::memcpy(to, from + static_cast<std::size_t>(offset + i * step) * kWidth, kWidth);
    }
    for (int axis = rank - 2; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      offset += strides[a];
      if (++at[a] < shape[axis]) break;
      offset -= strides[a] * shape[axis];
      at[a] = 0;
    }
  }
}

Bytes permuted_bytes(const Tensor& tensor, const Shape& shape, std::span<const std::int64_t> strides) {
  AlignedBuffer buffer(storage_bytes(tensor.type.dtype, static_cast<std::size_t>(shape.elements())));
  switch (bits(tensor.type.dtype)) {
    case 8: copy_strided<1>(tensor.data.data(), buffer.data(), shape, strides); break;
    case 16: copy_strided<2>(tensor.data.data(), buffer.data(), shape, strides); break;
    case 32: copy_strided<4>(tensor.data.data(), buffer.data(), shape, strides); break;
    case 64: copy_strided<8>(tensor.data.data(), buffer.data(), shape, strides); break;
    default: {  // nibbles: through bytes
      const DType wide = is_signed(tensor.type.dtype) ? DType::kI8 : DType::kU8;
      const std::vector<double> values = stored_values(tensor);
      const Tensor bytes = tensor_from_stored({wide, tensor.type.shape}, values);
      const Tensor moved{{wide, shape}, permuted_bytes(bytes, shape, strides)};
      return tensor_from_stored({tensor.type.dtype, shape}, stored_values(moved)).data;
    }
  }
  return {std::move(buffer)};
}

std::shared_ptr<const QuantParams> permuted_quant(const QuantParams& quant, std::span<const int> axes) {
  QuantParams moved = quant;
  if (quant.axis >= 0) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i] == quant.axis) moved.axis = static_cast<std::int32_t>(i);
    }
  }
  return std::make_shared<const QuantParams>(std::move(moved));
}

}  // namespace

AxisOrder AxisOrder::home(int rank) { return rank == 4 ? AxisOrder(kImage) : AxisOrder(rank); }

int AxisOrder::file_axis(int graph_axis) const {
  for (int i = 0; i < rank_; ++i) {
    if ((*this)[i] == graph_axis) return i;
  }
  return -1;
}

bool AxisOrder::moves_nothing(const Shape& graph_shape) const {
  int last = -1;
  for (const int axis : axes()) {
    if (graph_shape[axis] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

Shape AxisOrder::to_file(const Shape& graph_shape) const { return permuted(graph_shape, axes()); }

Shape AxisOrder::to_graph(const Shape& file_shape) const {
  Shape out = file_shape;
  for (int i = 0; i < rank_; ++i) out[(*this)[i]] = file_shape[i];
  return out;
}

std::vector<std::int64_t> AxisOrder::to_file(std::span<const std::int64_t> per_graph_axis) const {
  std::vector<std::int64_t> out;
  for (const int axis : axes()) out.push_back(per_graph_axis[static_cast<std::size_t>(axis)]);
  return out;
}

std::vector<std::int64_t> AxisOrder::to_graph(std::span<const std::int64_t> per_file_axis) const {
  std::vector<std::int64_t> out(per_file_axis.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    out[static_cast<std::size_t>((*this)[static_cast<int>(i)])] = per_file_axis[i];
  return out;
}

Shape permuted(const Shape& shape, std::span<const int> axes) {
  Shape out = shape;
  for (std::size_t i = 0; i < axes.size(); ++i) out[static_cast<int>(i)] = shape[axes[i]];
  return out;
}

Tensor permuted(const Tensor& tensor, std::span<const int> axes) {
  const Shape shape = permuted(tensor.type.shape, axes);
  TensorType type{tensor.type.dtype, shape};
  if (tensor.type.quant) type.quant = permuted_quant(*tensor.type.quant, axes);
  if (AxisOrder(axes).moves_nothing(tensor.type.shape)) return {std::move(type), tensor.data};
  const auto strides = strides_of(tensor.type.shape);
  std::vector<std::int64_t> moved;
  for (const int axis : axes) moved.push_back(strides[static_cast<std::size_t>(axis)]);
  return {std::move(type), permuted_bytes(tensor, shape, moved)};
}

}  // namespace paw::coreml
