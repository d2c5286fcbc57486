// The text form of a graph: printer and parser. Grammar and examples: docs/text-form.md.
//
//   graph tiny(%x: f32[1,4,4,3]) -> (%y) {
//     %w = const fill 0.5 : f32[8,3,3,3]
//     %b = const dense [0,0,0,0,1,1,1,1] : f32[8]
//     %0 = conv2d(%x, %w, %b) {stride=[2,2], padding=same} : f32[1,2,2,8] @ "block1/conv"
//     %y = relu(%0) : f32[1,2,2,8]
//   }
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "ir/op_def.h"

namespace paw {

struct PrintOptions {
  // Constants with more elements than this and not all equal are printed as `const elided`, which cannot be parsed
  // back. Default: everything is printed.
  std::size_t max_dense = SIZE_MAX;
  // When set, constants are printed as `const ref OFFSET` with the offset it returns (used by .paw).
  std::function<std::uint64_t(ValueId)> reference;
};
std::string print_graph(const Graph& graph, const PrintOptions& options = {});
std::string print_node(const Graph& graph, NodeId node);  // one line, without a newline

struct ParseOptions {
  OpList ops;
  // Limits what `fill` and `dense` constants may allocate together: small texts must not make large graphs.
  std::size_t max_constant_bytes = std::size_t{64} << 20;
  // Bytes of a `const ref OFFSET` of a type with `bytes` bytes; unset: such constants are refused.
  std::function<Result<Bytes>(std::uint64_t offset, std::uint64_t bytes)> resolve;
};
// A verified graph, or an error of code kUnsupported whose `where` is "line L:C".
Result<Graph> parse_graph(std::string_view text, const ParseOptions& options);

}  // namespace paw
