// The graph's trust boundary: everything a later layer may assume about a graph is checked here.
#pragma once

#include "ir/op_def.h"

namespace paw {

inline constexpr std::size_t kMaxListLength = 4096;  // of an integer list among the attributes
inline constexpr std::size_t kMaxNameLength = 4096;  // of a value, in bytes

// Checks one node in isolation (arity, attribute type, integers within +-2^31, input types) and infers its
// output types. This is the only way that OpDef::infer is called.
Result<std::vector<TensorType>> infer_types(const OpDef& op, const Attrs& attrs,
                                            std::span<const TensorType* const> inputs, std::string_view source);

// The type an output value gets: inferred dtype and shape, with declared quantisation where the op leaves it
// open. Errors when a declaration contradicts the op's quantisation rule or a quantised output has none.
Result<TensorType> resolve_output_type(const OpDef& op, std::span<const TensorType* const> inputs,
                                       const TensorType& inferred, std::shared_ptr<const QuantParams> declared,
                                       std::string_view source);

// Ids in range; values defined exactly once and before use; names unique and not all digits; constants as long
// as their type says, unused bits zero and bools 0 or 1; encodings true; node types as inferred; inputs not constant.
// Error code kUnsupported.
Status verify(const Graph& graph);

}  // namespace paw
