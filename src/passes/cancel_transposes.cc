// Transposes that follow one another become one or none, and one that moves only axes of extent 1 becomes a reshape.
// Transposes also move behind elementwise ops, concat, pad, slice, softmax and reductions when fewer elements get
// transposed that way. This is what makes NHWC graphs of imported NCHW ones, whose reader puts a transpose before and
// behind every convolution. Transposes of constants count nothing: fold_constants must follow.
//
// before: two that cancel, two that merge
//   graph g(%x: f32[2,3,4,5]) -> (%y, %z) {
//     %0 = transpose(%x) {perm=[0,3,1,2]} : f32[2,5,3,4]
//     %1 = transpose(%0) {perm=[0,2,3,1]} : f32[2,3,4,5]
//     %y = relu(%1) : f32[2,3,4,5]
//     %2 = transpose(%0) {perm=[0,2,1,3]} : f32[2,3,5,4]
//     %z = relu(%2) : f32[2,3,5,4]
//   }
// after:
//   graph g(%x: f32[2,3,4,5]) -> (%y, %z) {
//     %y = relu(%x) : f32[2,3,4,5]
//     %0 = transpose(%x) {perm=[0,1,3,2]} : f32[2,3,5,4]
//     %z = relu(%0) : f32[2,3,5,4]
//   }
//
// before: unit axes, and reshapes that follow one another
//   graph g(%x: f32[2,1,1,5]) -> (%y) {
//     %0 = transpose(%x) {perm=[0,3,1,2]} : f32[2,5,1,1]
//     %1 = reshape(%0) {shape=[10]} : f32[10]
//     %y = reshape(%1) {shape=[5,2]} : f32[5,2]
//   }
// after:
//   graph g(%x: f32[2,1,1,5]) -> (%y) {
//     %y = reshape(%x) {shape=[5,2]} : f32[5,2]
//   }
//
// before: a residual block in NCHW: bias of shape [C,1,1], add of two transposed values
//   graph g(%a: f32[1,4,4,2], %b: f32[1,4,4,2]) -> (%y) {
//     %0 = transpose(%a) {perm=[0,3,1,2]} : f32[1,2,4,4]
//     %1 = transpose(%b) {perm=[0,3,1,2]} : f32[1,2,4,4]
//     %bias = const dense [1,2] : f32[2,1,1]
//     %2 = add(%0, %bias) : f32[1,2,4,4] @ "bias"
//     %3 = relu(%2) : f32[1,2,4,4]
//     %4 = add(%3, %1) : f32[1,2,4,4] @ "join"
//     %5 = concat(%4, %0) {axis=1} : f32[1,4,4,4]
//     %6 = transpose(%5) {perm=[0,2,3,1]} : f32[1,4,4,4]
//     %y = exp(%6) : f32[1,4,4,4]
//   }
// after:
//   graph g(%a: f32[1,4,4,2], %b: f32[1,4,4,2]) -> (%y) {
//     %bias = const dense [1,2] : f32[2,1,1]
//     %0 = reshape(%bias) {shape=[1,1,1,2]} : f32[1,1,1,2] @ "bias"
//     %1 = add(%a, %0) : f32[1,4,4,2] @ "bias"
//     %2 = relu(%1) : f32[1,4,4,2]
//     %3 = add(%2, %b) : f32[1,4,4,2] @ "join"
//     %4 = concat(%3, %a) {axis=3} : f32[1,4,4,4]
//     %y = exp(%4) : f32[1,4,4,4]
//   }
//
// before: global pooling of an NCHW image
//   graph g(%x: f32[2,4,4,3]) -> (%y) {
//     %0 = transpose(%x) {perm=[0,3,1,2]} : f32[2,3,4,4]
//     %1 = relu(%0) : f32[2,3,4,4]
//     %y = reduce_mean(%1) {axes=[2,3]} : f32[2,3]
//   }
// after:
//   graph g(%x: f32[2,4,4,3]) -> (%y) {
//     %0 = relu(%x) : f32[2,4,4,3]
//     %y = reduce_mean(%0) {axes=[1,2]} : f32[2,3]
//   }
//
// before: nothing would be saved
//   graph g(%x: f32[1,2,2,3]) -> (%y) {
//     %0 = transpose(%x) {perm=[0,3,1,2]} : f32[1,3,2,2]
//     %y = relu(%0) : f32[1,3,2,2]
//   }
// after:
//   graph g(%x: f32[1,2,2,3]) -> (%y) {
//     %0 = transpose(%x) {perm=[0,3,1,2]} : f32[1,3,2,2]
//     %y = relu(%0) : f32[1,3,2,2]
//   }
#include "ops/ops.h"
#include "ops/shape_ops.h"
#include "passes/passes.h"
#include "passes/rules.h"
#include "passes/transpose_regions.h"

namespace paw::pass {

namespace {

const Perm& perm_of(const Node& node) { return node.attrs.as<TransposeAttrs>().perm; }

ValueId merge_transposes(const Candidate& c) {
  const Node* inner = c.producer(0);
  if (inner == nullptr || inner->op != &op::transpose) return {};
  const Perm perm = compose(perm_of(*inner), perm_of(c.node));
  const ValueId x = c.edits.resolve(inner->inputs[0]);
  if (is_identity(perm) && c.edits.may_replace(c.out(), x)) return x;
  return insert_transpose(c.edits, x, perm, c.node.source);
}

ValueId drop_identity(const Candidate& c) { return is_identity(perm_of(c.node)) ? c.in(0) : ValueId{}; }

ValueId transpose_as_reshape(const Candidate& c) {
  const bool reshapes = !is_identity(perm_of(c.node)) && moves_unit_axes_only(c.type(0).shape, perm_of(c.node));
  return reshapes ? insert_transpose(c.edits, c.in(0), perm_of(c.node), c.node.source) : ValueId{};
}

constexpr Rule kMerge[] = {
    {&op::transpose, merge_transposes},
    {&op::transpose, drop_identity},
    {&op::transpose, transpose_as_reshape},
    {&op::reshape, merge_reshapes},
};

Result<bool> merge(Graph& graph) { return apply_rules(graph, kMerge); }

Result<bool> cancel_once(Graph& graph) {
  PAW_ASSIGN_OR_RETURN(const bool merged, until_settled(graph, merge));
  PAW_ASSIGN_OR_RETURN(const bool sunk, sink_transposes(graph));
  return merged || sunk;
}

Result<bool> run_cancel_transposes(Graph& graph, const Target&) { return until_settled(graph, cancel_once); }

}  // namespace

constinit const Pass cancel_transposes{.name = "cancel_transposes",
                                       .summary = "merge transposes and move them to where they cancel",
                                       .run = run_cancel_transposes};

}  // namespace paw::pass
