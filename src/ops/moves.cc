#include "ops/moves.h"

namespace paw {

std::vector<std::size_t> strided_indices(const Shape& extents, const Strides& strides, std::int64_t offset) {
  std::vector<std::size_t> indices(static_cast<std::size_t>(extents.elements()));
  std::array<std::int64_t, kMaxRank> at{};
  std::int64_t flat = offset;
  for (std::size_t& index : indices) {
    index = static_cast<std::size_t>(flat);
    for (int axis = extents.rank() - 1; axis >= 0; --axis) {
      const auto a = static_cast<std::size_t>(axis);
      flat += strides[a];
      if (++at[a] < extents[axis]) break;
      flat -= strides[a] * extents[axis];
      at[a] = 0;
    }
  }
  return indices;
}

Result<std::vector<TensorType>> infer_moved(const OpCall& call, std::optional<Shape> shape) {
  const TensorType& x = call.in(0);
  if (!has_one_scale(x)) return call.error("expected one scale for the whole tensor, got " + x.text());
  if (!shape) {
    return call.error("the shape of the result is not supported, from " + x.text(),
                      "at most 6 axes, positive extents, 2^40 elements");
  }
  return std::vector{TensorType{x.dtype, *shape}};
}

Cost cost_moved(const OpCall&, std::span<const TensorType>) { return {}; }

bool has_one_scale(const TensorType& type) { return !type.quant || (type.quant->axis < 0 && type.quant->block == 0); }

bool same_scale(const TensorType& a, const TensorType& b) {
  if (a.quant == b.quant) return true;
  return a.quant && b.quant && *a.quant == *b.quant;
}

CaseInput float_input(Shape shape, double lo, double hi) { return {.type = {DType::kF32, shape}, .lo = lo, .hi = hi}; }

CaseInput integer_input(DType dtype, Shape shape, double lo, double hi) {
  return {.type = {dtype, shape}, .lo = lo, .hi = hi, .differentiable = false};
}

CaseInput quantized_input(DType dtype, Shape shape, float scale, std::int32_t zero_point, double lo, double hi) {
  return {.type = {dtype, shape, per_tensor(scale, zero_point)}, .lo = lo, .hi = hi, .differentiable = false};
}

}  // namespace paw
