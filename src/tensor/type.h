// TensorType = element type + shape + optional affine quantisation.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tensor/dtype.h"
#include "tensor/shape.h"

namespace paw {

// real = (q - zero_point) * scale.
// Per-tensor: one scale, axis = -1. Per-channel: one scale per index of `axis`, block = 0.
// Blockwise: `block` consecutive elements along the last axis share a scale; scales are ordered
// [shape[0], ..., shape[rank-2], shape[rank-1] / block], axis = -1.
struct QuantParams {
  std::vector<float> scale;
  std::vector<std::int32_t> zero_point;  // as many as scales
  std::int32_t axis = -1;
  std::int32_t block = 0;

  bool operator==(const QuantParams&) const = default;
};

struct TensorType {
  DType dtype = DType::kF32;
  Shape shape;
  std::shared_ptr<const QuantParams> quant;  // null: plain numbers

  TensorType() = default;
  TensorType(DType d, Shape s, std::shared_ptr<const QuantParams> q = nullptr)
      : dtype(d), shape(s), quant(std::move(q)) {}

  bool operator==(const TensorType& other) const;
  // Bytes of the elements; exact for valid shapes.
  std::size_t bytes() const { return storage_bytes(dtype, static_cast<std::size_t>(shape.elements())); }
  // Holds real numbers: a float type, or an integer type with quantisation.
  bool is_real() const { return is_float(dtype) || quant != nullptr; }
  std::string text() const;  // "f32[1,8]", "i8[1,8]{scale=0.5, zero_point=3}"
};

std::shared_ptr<const QuantParams> per_tensor(float scale, std::int32_t zero_point);

// Empty when `quant` fits `type`: counts match, scales finite and positive, zero points in range,
// axis and block within the shape. Otherwise the reason.
std::string check_quant(const TensorType& type);

// Index into QuantParams::scale of each element's parameters: scale index of flat element `i`.
std::size_t quant_index(const TensorType& type, std::int64_t i);

}  // namespace paw
