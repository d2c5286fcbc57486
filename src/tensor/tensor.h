// Tensor: a type with shared, read-only bytes; conversions between its elements and doubles.
#pragma once

#include <cstring>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "tensor/type.h"

namespace paw {

struct Tensor {
  TensorType type;
  Bytes data;  // type.bytes() bytes, row-major, little-endian

  // Copies `values` (as many as the shape has elements). T must be the C++ type of type.dtype.
  template <class T>
  static Tensor of(TensorType type, std::span<const T> values) {
    return {std::move(type), Bytes::copy_of(std::as_bytes(values))};
  }
  static Tensor f32(Shape shape, std::span<const float> values) { return of<float>({DType::kF32, shape}, values); }
  static Tensor zeros(TensorType type);
  template <class T>
  std::span<const T> as() const {
    return data.as<T>();
  }
  bool operator==(const Tensor&) const = default;
};

// Element `i` of packed storage as stored (no dequantisation). Exact for magnitudes up to 2^53.
double load_element(DType dtype, const std::byte* data, std::int64_t i);
// Stores `value` rounded to the type: floats to nearest even; integers to nearest even, saturating; NaN
// becomes 0 in integer types; bool is value != 0.
void store_element(DType dtype, std::byte* data, std::int64_t i, double value);

// Stored numbers (quantised tensors: the integers) as doubles, and back.
std::vector<double> stored_values(const Tensor& tensor);
Tensor tensor_from_stored(const TensorType& type, std::span<const double> values);

// Real numbers: dequantised where the type has quantisation; and back (quantising: round to nearest even).
std::vector<double> real_values(const Tensor& tensor);
Tensor tensor_from_real(const TensorType& type, std::span<const double> values);
// `value` as it comes back after being stored at flat index `i` of a tensor of `type`.
double round_to_type(const TensorType& type, std::int64_t i, double value);

}  // namespace paw
