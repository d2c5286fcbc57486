#include "tensor/type.h"

#include <charconv>
#include <cmath>

namespace paw {

namespace {

std::string number(float value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  return {text, end.ptr};
}
std::string number(std::int32_t value) { return std::to_string(value); }

// One value plain, several as a list.
template <class T>
std::string list(const std::vector<T>& values) {
  if (values.size() == 1) return number(values[0]);
  std::string out = "[";
  for (std::size_t i = 0; i < values.size(); ++i) out += (i ? "," : "") + number(values[i]);
  return out + "]";
}

}  // namespace

bool TensorType::operator==(const TensorType& other) const {
  if (dtype != other.dtype || !(shape == other.shape)) return false;
  if (quant == other.quant) return true;
  return quant && other.quant && *quant == *other.quant;
}

std::string TensorType::text() const {
  std::string out = std::string(name(dtype)) + shape.text();
  if (!quant) return out;
  out += "{scale=" + list(quant->scale) + ", zero_point=" + list(quant->zero_point);
  if (quant->axis >= 0) out += ", axis=" + std::to_string(quant->axis);
  if (quant->block > 0) out += ", block=" + std::to_string(quant->block);
  return out + "}";
}

std::shared_ptr<const QuantParams> per_tensor(float scale, std::int32_t zero_point) {
  return std::make_shared<const QuantParams>(QuantParams{{scale}, {zero_point}, -1, 0});
}

std::string check_quant(const TensorType& type) {
  const QuantParams& q = *type.quant;
  const DType d = type.dtype;
  if (!is_integer(d) || bits(d) > 32) return "quantisation needs an integer type of at most 32 bits";
  if (q.scale.empty() || q.scale.size() != q.zero_point.size()) return "scales and zero points differ in number";
  std::int64_t expected = 1;
  if (q.axis >= 0 && q.block > 0) return "axis and block exclude each other";
  if (q.axis < -1 || q.axis >= type.shape.rank()) return "quantised axis outside the shape";
  if (q.block < 0) return "negative block size";
  if (q.axis >= 0) expected = type.shape[q.axis];
  if (q.block > 0) {
    if (type.shape.rank() == 0 || type.shape.back() % q.block != 0) return "block does not divide the last extent";
    expected = type.shape.elements() / q.block;
  }
  if (static_cast<std::int64_t>(q.scale.size()) != expected) return "wrong number of scales for the shape";
  for (const float s : q.scale) {
    if (!std::isfinite(s) || s <= 0) return "a scale is not a positive finite number";
  }
  for (const std::int32_t z : q.zero_point) {
    if (z < lowest(d) || z > highest(d)) return "a zero point is outside the type's range";
  }
  return {};
}

std::size_t quant_index(const TensorType& type, std::int64_t i) {
  const QuantParams& q = *type.quant;
  if (q.block > 0) return static_cast<std::size_t>(i / q.block);
  if (q.axis < 0) return 0;
  std::int64_t inner = 1;
  for (int a = q.axis + 1; a < type.shape.rank(); ++a) inner *= type.shape[a];
  return static_cast<std::size_t>(i / inner % type.shape[q.axis]);
}

}  // namespace paw
