// Element types and quantisation, between files and graphs.
#pragma once

#include <optional>

#include "formats/tflite/load.h"
#include "tensor/type.h"

namespace paw::tflite {

// schema::TensorType of the file as a DType, and back; nothing for types that the other side does not have.
std::optional<DType> dtype_of(std::int32_t tensor_type);
std::optional<std::int32_t> tensor_type_of(DType dtype);

// Shape, element type and quantisation of a tensor. Errors: what graphs cannot hold, named.
Result<TensorType> type_of(const File& file, std::int32_t index);
// The same of a tensor that is computed: its shape is known then, whatever the file states.
Result<TensorType> type_of(const File& file, std::int32_t index, const Shape& shape);
// Its element type, and its quantisation as stated: whether that fits the shape is not known yet.
struct StatedType {
  DType dtype = DType::kF32;
  std::shared_ptr<const QuantParams> quant;
};
Result<StatedType> stated_type(const File& file, std::int32_t index);

}  // namespace paw::tflite
