#include "passes/permute_axes.h"

#include <algorithm>

#include "ops/activation.h"
#include "ops/axes.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"

namespace paw {

namespace {

std::size_t at(std::int64_t axis) { return static_cast<std::size_t>(axis); }

std::int64_t moved_axis(std::int64_t axis, const Perm& perm) {
  return perm[at(axis < 0 ? axis + static_cast<std::int64_t>(perm.size()) : axis)];
}

// One number per axis, each following its axis.
std::vector<std::int64_t> moved_list(const std::vector<std::int64_t>& per_axis, const Perm& perm) {
  std::vector<std::int64_t> moved(per_axis.size());
  for (std::size_t i = 0; i < perm.size(); ++i) moved[at(perm[i])] = per_axis[i];
  return moved;
}

PlainNode reduced(const ReduceAttrs& attrs, const Perm& perm) {
  const int rank = static_cast<int>(perm.size());
  AxisSet gone = axis_set(attrs.axes, rank);
  if (attrs.axes.empty()) gone.fill(true);
  ReduceAttrs plain{.keep_dims = attrs.keep_dims};
  std::vector<std::int64_t> left(perm.size(), -1);  // per plain axis: its place in the new result
  std::int64_t next = 0;
  const Perm places = inverse(perm);  // of plain axes among those of the transpose
  for (std::int64_t axis = 0; axis < rank; ++axis) {
    if (gone[at(places[at(axis)])]) {
      plain.axes.push_back(axis);
    } else {
      left[at(axis)] = next++;
    }
  }
  if (attrs.axes.empty()) plain.axes.clear();
  if (attrs.keep_dims) return {plain, perm};
  Perm result;
  for (std::size_t i = 0; i < perm.size(); ++i) {
    if (!gone[i]) result.push_back(left[at(perm[i])]);
  }
  return {plain, result};
}

}  // namespace

bool is_identity(const Perm& perm) { return std::ranges::is_sorted(perm); }

Perm inverse(const Perm& perm) {
  Perm result(perm.size());
  for (std::size_t i = 0; i < perm.size(); ++i) result[at(perm[i])] = static_cast<std::int64_t>(i);
  return result;
}

Perm compose(const Perm& first, const Perm& second) {
  Perm result;
  for (const std::int64_t axis : second) result.push_back(first[at(axis)]);
  return result;
}

Shape permuted(const Shape& shape, const Perm& perm) {
  Shape result = shape;
  for (std::size_t i = 0; i < perm.size(); ++i) result[static_cast<int>(i)] = shape[static_cast<int>(perm[i])];
  return result;
}

bool moves_unit_axes_only(const Shape& shape, const Perm& perm) {
  std::int64_t last = -1;
  for (const std::int64_t axis : perm) {
    if (shape[static_cast<int>(axis)] == 1) continue;
    if (axis < last) return false;
    last = axis;
  }
  return true;
}

std::optional<PlainNode> on_plain_operands(const OpDef& op, const Attrs& attrs,
                                           std::span<const TensorType* const> inputs, const Perm& perm) {
  if (&op == &op::dropout) {  // a mask drawn per element index must not move
    const bool inert = inputs.size() < 2 || inputs[1] == nullptr;
    return inert ? std::optional(PlainNode{attrs, perm}) : std::nullopt;
  }
  if (&op == &op::quantize || &op == &op::dequantize) return PlainNode{attrs, perm};
  if (op.has(kElementwise)) return PlainNode{attrs, perm, true};
  if (&op == &op::concat) return PlainNode{ConcatAttrs{moved_axis(attrs.as<ConcatAttrs>().axis, perm)}, perm};
  if (&op == &op::softmax || &op == &op::log_softmax) {
    return PlainNode{SoftmaxAttrs{moved_axis(attrs.as<SoftmaxAttrs>().axis, perm)}, perm};
  }
  if (&op == &op::pad) {
    const auto& a = attrs.as<PadAttrs>();
    return PlainNode{PadAttrs{moved_list(a.before, perm), moved_list(a.after, perm), a.value}, perm};
  }
  if (&op == &op::slice) {
    const auto& a = attrs.as<SliceAttrs>();
    return PlainNode{SliceAttrs{moved_list(a.begin, perm), moved_list(a.end, perm), moved_list(a.stride, perm)}, perm};
  }
  if (&op == &op::reduce_mean || &op == &op::reduce_sum || &op == &op::reduce_max) {
    return reduced(attrs.as<ReduceAttrs>(), perm);
  }
  return std::nullopt;
}

}  // namespace paw
