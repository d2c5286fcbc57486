// Permutations of axes, and which ops work on permuted tensors: what op(transpose(x, perm)) becomes as
// transpose(op'(x), perm'). Knows ops, not graphs.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "ir/op_def.h"

namespace paw {

using Perm = std::vector<std::int64_t>;  // axis i of the result is axis perm[i] of the operand

bool is_identity(const Perm& perm);
Perm inverse(const Perm& perm);
// transpose(transpose(x, first), second) = transpose(x, compose(first, second)).
Perm compose(const Perm& first, const Perm& second);
Shape permuted(const Shape& shape, const Perm& perm);
// Only axes of extent 1 change their place among the others: a reshape says the same.
bool moves_unit_axes_only(const Shape& shape, const Perm& perm);

// The node as it works on plain operands whose transposes by `perm` it reads.
struct PlainNode {
  Attrs attrs;
  Perm result;               // the old result is the transpose of the new one by this
  bool any_operand = false;  // elementwise: operands broadcast; else all have the rank of `perm`
};
// None when the op depends on the order of axes. `inputs` are the types that it reads now.
std::optional<PlainNode> on_plain_operands(const OpDef& op, const Attrs& attrs,
                                           std::span<const TensorType* const> inputs, const Perm& perm);

}  // namespace paw
