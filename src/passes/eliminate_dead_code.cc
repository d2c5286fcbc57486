// Drops nodes whose results no graph output needs, and constants that nothing reads. Graph inputs stay: they are the
// model's interface.
//
// before:
//   graph g(%x: f32[4]) -> (%y) {
//     %unused = exp(%x) : f32[4]
//     %half = const fill 0.5 : f32[]
//     %scaled = mul(%unused, %half) : f32[4]
//     %y = relu(%x) : f32[4]
//     %spare = const fill 3 : f32[2]
//   }
// after:
//   graph g(%x: f32[4]) -> (%y) {
//     %y = relu(%x) : f32[4]
//   }
//
// before: an input that nothing reads
//   graph g(%x: f32[4], %z: f32[2]) -> (%y) {
//     %0 = neg(%z) : f32[2]
//     %y = relu(%x) : f32[4]
//   }
// after:
//   graph g(%x: f32[4], %z: f32[2]) -> (%y) {
//     %y = relu(%x) : f32[4]
//   }
#include <algorithm>

#include "ir/rewriter.h"
#include "passes/passes.h"

namespace paw::pass {

namespace {

Result<bool> run_eliminate_dead_code(Graph& graph, const Target&) {
  Rewriter edits(graph);
  std::vector<bool> live(graph.values.size());
  for (const ValueId output : graph.outputs) live[output.index] = true;
  for (std::size_t i = graph.nodes.size(); i-- > 0;) {
    const Node& node = graph.nodes[i];
    if (std::ranges::none_of(node.outputs, [&](ValueId v) { return live[v.index]; })) {
      edits.erase(NodeId(i));
      continue;
    }
    for (const ValueId input : node.inputs) {
      if (input.valid()) live[input.index] = true;
    }
  }
  for (std::size_t i = 0; i < graph.values.size(); ++i) {
    const ValueId value(i);
    if (graph.is_constant(value) && edits.uses().users(value).empty() && !live[i]) edits.erase_constant(value);
  }
  return edits.finish();
}

}  // namespace

constinit const Pass eliminate_dead_code{.name = "eliminate_dead_code",
                                         .summary = "drop nodes and constants that no output needs",
                                         .run = run_eliminate_dead_code};

}  // namespace paw::pass
