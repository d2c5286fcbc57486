#include "tensor/tensor.h"

#include <cmath>

#include "tensor/half.h"

namespace paw {

namespace {

template <class T>
double load(const std::byte* data, std::int64_t i) {
  T value;
  std::memcpy(&value, data + i * static_cast<std::int64_t>(sizeof(T)), sizeof(T));
  return static_cast<double>(value);
}

template <class T>
void store(std::byte* data, std::int64_t i, T value) {
  std::memcpy(data + i * static_cast<std::int64_t>(sizeof(T)), &value, sizeof(T));
}

int load_nibble(const std::byte* data, std::int64_t i) {
  return std::to_integer<int>(data[i / 2] >> (i % 2 * 4)) & 0xF;
}

void store_nibble(std::byte* data, std::int64_t i, int value) {
  const int shift = static_cast<int>(i % 2) * 4;
  data[i / 2] = (data[i / 2] & ~(std::byte{0xF} << shift)) | (std::byte(value & 0xF) << shift);
}

// Nearest even, saturating. The upper limits of the 64-bit types are not doubles: the largest double below.
double round_to_integer(DType dtype, double value) {
  if (std::isnan(value)) return 0.0;
  const double rounded = std::nearbyint(value);
  if (rounded <= lowest(dtype)) return lowest(dtype);
  double top = highest(dtype);
  if (dtype == DType::kI64) top = 9223372036854774784.0;
  if (dtype == DType::kU64) top = 18446744073709549568.0;
  return rounded >= top ? top : rounded;
}

double quantized(const TensorType& type, std::int64_t i, double real) {
  const std::size_t k = quant_index(type, i);
  return round_to_integer(type.dtype, real / type.quant->scale[k] + type.quant->zero_point[k]);
}

double dequantized(const TensorType& type, std::int64_t i, double stored) {
  const std::size_t k = quant_index(type, i);
  return (stored - type.quant->zero_point[k]) * type.quant->scale[k];
}

// Floats by the million: without a decision per element, so that the compiler can use vectors.
bool plain_floats(const TensorType& type) { return type.dtype == DType::kF32 && !type.quant; }

Tensor fill_floats(const TensorType& type, std::span<const double> values) {
  AlignedBuffer buffer(type.bytes());
  float* to = buffer.as<float>().data();
  for (std::size_t i = 0; i < values.size(); ++i) to[i] = static_cast<float>(values[i]);
  return {type, Bytes(std::move(buffer))};
}

template <class Convert>
Tensor fill(const TensorType& type, std::span<const double> values, Convert convert) {
  AlignedBuffer buffer(type.bytes());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto index = static_cast<std::int64_t>(i);
    store_element(type.dtype, buffer.data(), index, convert(index, values[i]));
  }
  return {type, Bytes(std::move(buffer))};
}

}  // namespace

Tensor Tensor::zeros(TensorType type) {
  AlignedBuffer buffer(type.bytes());
  return {std::move(type), Bytes(std::move(buffer))};
}

double load_element(DType dtype, const std::byte* data, std::int64_t i) {
  switch (dtype) {
    case DType::kF32: return load<float>(data, i);
    case DType::kF64: return load<double>(data, i);
    case DType::kF16: return half_to_float(static_cast<std::uint16_t>(load<std::uint16_t>(data, i)));
    case DType::kBF16: return bfloat16_to_float(static_cast<std::uint16_t>(load<std::uint16_t>(data, i)));
    case DType::kI4: return (load_nibble(data, i) ^ 8) - 8;
    case DType::kU4: return load_nibble(data, i);
    case DType::kI8: return load<std::int8_t>(data, i);
    case DType::kU8: return load<std::uint8_t>(data, i);
    case DType::kI16: return load<std::int16_t>(data, i);
    case DType::kU16: return load<std::uint16_t>(data, i);
    case DType::kI32: return load<std::int32_t>(data, i);
    case DType::kU32: return load<std::uint32_t>(data, i);
    case DType::kI64: return load<std::int64_t>(data, i);
    case DType::kU64: return load<std::uint64_t>(data, i);
    case DType::kBool: return load<std::uint8_t>(data, i) != 0 ? 1.0 : 0.0;
  }
  return 0.0;
}

void store_element(DType dtype, std::byte* data, std::int64_t i, double value) {
  const double v = is_integer(dtype) ? round_to_integer(dtype, value) : value;
  switch (dtype) {
    case DType::kF32: return store(data, i, static_cast<float>(v));
    case DType::kF64: return store(data, i, v);
    case DType::kF16: return store(data, i, double_to_half(v));
    case DType::kBF16: return store(data, i, double_to_bfloat16(v));
    case DType::kI4:
    case DType::kU4: return store_nibble(data, i, static_cast<int>(v));
    case DType::kI8: return store(data, i, static_cast<std::int8_t>(v));
    case DType::kU8: return store(data, i, static_cast<std::uint8_t>(v));
    case DType::kI16: return store(data, i, static_cast<std::int16_t>(v));
    case DType::kU16: return store(data, i, static_cast<std::uint16_t>(v));
    case DType::kI32: return store(data, i, static_cast<std::int32_t>(v));
    case DType::kU32: return store(data, i, static_cast<std::uint32_t>(v));
    case DType::kI64: return store(data, i, static_cast<std::int64_t>(v));
    case DType::kU64: return store(data, i, static_cast<std::uint64_t>(v));
    case DType::kBool: return store(data, i, static_cast<std::uint8_t>(v != 0.0));
  }
}

std::vector<double> stored_values(const Tensor& tensor) {
  if (tensor.type.dtype == DType::kF32) {
    const std::span<const float> floats = tensor.as<float>();
    return {floats.begin(), floats.begin() + tensor.type.shape.elements()};
  }
  std::vector<double> values(static_cast<std::size_t>(tensor.type.shape.elements()));
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = load_element(tensor.type.dtype, tensor.data.data(), static_cast<std::int64_t>(i));
  }
  return values;
}

std::vector<double> real_values(const Tensor& tensor) {
  std::vector<double> values = stored_values(tensor);
  if (!tensor.type.quant) return values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = dequantized(tensor.type, static_cast<std::int64_t>(i), values[i]);
  }
  return values;
}

Tensor tensor_from_stored(const TensorType& type, std::span<const double> values) {
  return fill(type, values, [](std::int64_t, double v) { return v; });
}

Tensor tensor_from_real(const TensorType& type, std::span<const double> values) {
  if (plain_floats(type)) return fill_floats(type, values);
  return fill(type, values, [&](std::int64_t i, double v) { return type.quant ? quantized(type, i, v) : v; });
}

double round_to_type(const TensorType& type, std::int64_t i, double value) {
  if (type.quant) return dequantized(type, i, quantized(type, i, value));
  if (is_integer(type.dtype)) return round_to_integer(type.dtype, value);
  std::byte storage[8];
  store_element(type.dtype, storage, 0, value);
  return load_element(type.dtype, storage, 0);
}

}  // namespace paw
