// Elements of constants: stored plainly, or sparse.
#include <fmt/format.h>

#include <cstring>

#include "formats/tflite/load.h"
#include "formats/tflite/sparse.h"
#include "formats/tflite/types.h"

namespace paw::tflite {

namespace {

// Can kernels read the elements where they lie, and are unused bits zero?
bool usable_in_place(const Bytes& stored, const TensorType& type) {
  const auto width = static_cast<std::size_t>(bits(type.dtype) / 8);
  const bool aligned = width <= 1 || reinterpret_cast<std::uintptr_t>(stored.data()) % width == 0;
  const bool half_byte = bits(type.dtype) == 4 && type.shape.elements() % 2 != 0;
  return aligned && !(half_byte && (stored.span().back() & std::byte{0xF0}) != std::byte{0});
}

Bytes usable_copy(const Bytes& stored, const TensorType& type) {
  AlignedBuffer copy(stored.size());
  std::memcpy(copy.data(), stored.data(), stored.size());
  if (bits(type.dtype) == 4 && type.shape.elements() % 2 != 0) copy.data()[stored.size() - 1] &= std::byte{0x0F};
  return copy;
}

}  // namespace

Result<ReadTensor> read_tensor(const File& file, std::int32_t index, std::size_t& held) {
  const FileTensor& tensor = file.tensors[static_cast<std::size_t>(index)];
  ReadTensor out;
  PAW_ASSIGN_OR_RETURN(out.type, type_of(file, index));
  if (tensor.sparse) {
    PAW_ASSIGN_OR_RETURN(out.data, decode_sparse(file, index, out.type, held));
    out.encoding = Encoding{.kind = Encoding::Kind::kSparse, .bits = 0, .axis = 0, .group = 0};
    return out;
  }
  if (!tensor.data) return out;
  if (tensor.data->size() != out.type.bytes()) {
    return file.error(file.label(index), fmt::format("holds {} bytes, and its type {} needs {}", tensor.data->size(),
                                                     out.type.text(), out.type.bytes()));
  }
  const bool looked_at = out.type.dtype == DType::kBool;
  const bool in_place = usable_in_place(*tensor.data, out.type);
  if (looked_at || !in_place) PAW_RETURN_IF_ERROR(file.hold(tensor.data->size(), held, file.label(index)));
  if (looked_at) {
    for (const std::byte b : tensor.data->span()) {
      if (b > std::byte{1}) return file.error(file.label(index), "holds truth values other than 0 and 1");
    }
  }
  out.data = in_place ? *tensor.data : usable_copy(*tensor.data, out.type);
  return out;
}

}  // namespace paw::tflite
