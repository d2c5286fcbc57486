// A pad of the image's borders goes into the convolution or pooling that reads it, as explicit padding. Exact:
// convolutions and count_padding pools see the same zeros; a max_pool must have been padded with -inf or the lowest
// number (then a window that holds nothing but -inf is the one exception), and every window must touch the image.
// padding=same is left alone: its amount follows from the padded size.
//
// before:
//   graph g(%x: f32[1,4,4,2], %w: f32[3,3,3,2]) -> (%y) {
//     %0 = pad(%x) {before=[0,1,1,0], after=[0,1,0,0]} : f32[1,6,5,2]
//     %y = conv2d(%0, %w) {stride=[2,2]} : f32[1,2,2,3] @ "stem"
//   }
// after:
//   graph g(%x: f32[1,4,4,2], %w: f32[3,3,3,2]) -> (%y) {
//     %y = conv2d(%x, %w) {stride=[2,2], padding=explicit, pads=[1,1,1,0]} : f32[1,2,2,3] @ "stem"
//   }
//
// before: explicit pads add up; an average over padded pixels counts them
//   graph g(%x: f32[1,4,4,2], %w: f32[1,3,3,2]) -> (%y) {
//     %0 = pad(%x) {before=[0,1,0,0], after=[0,0,1,0]} : f32[1,5,5,2]
//     %1 = depthwise_conv2d(%0, %w) {padding=explicit, pads=[0,1,1,0]} : f32[1,4,4,2]
//     %2 = pad(%1) {before=[0,1,1,0], after=[0,1,1,0]} : f32[1,6,6,2]
//     %y = avg_pool(%2) : f32[1,3,3,2]
//   }
// after:
//   graph g(%x: f32[1,4,4,2], %w: f32[1,3,3,2]) -> (%y) {
//     %0 = depthwise_conv2d(%x, %w) {padding=explicit, pads=[1,1,1,1]} : f32[1,4,4,2]
//     %y = avg_pool(%0) {padding=explicit, pads=[1,1,1,1], count_padding=true} : f32[1,3,3,2]
//   }
//
// before: only -inf is no pixel to max_pool
//   graph g(%x: f32[1,3,3,1]) -> (%y, %z) {
//     %0 = pad(%x) {before=[0,0,0,0], after=[0,1,1,0], value=-inf} : f32[1,4,4,1]
//     %y = max_pool(%0) : f32[1,2,2,1]
//     %1 = pad(%x) {before=[0,0,0,0], after=[0,1,1,0]} : f32[1,4,4,1]
//     %z = max_pool(%1) : f32[1,2,2,1]
//   }
// after:
//   graph g(%x: f32[1,3,3,1]) -> (%y, %z) {
//     %y = max_pool(%x) {padding=explicit, pads=[0,1,0,1]} : f32[1,2,2,1]
//     %0 = pad(%x) {before=[0,0,0,0], after=[0,1,1,0]} : f32[1,4,4,1]
//     %z = max_pool(%0) : f32[1,2,2,1]
//   }
#include <algorithm>
#include <limits>

#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/pool.h"
#include "ops/shape_ops.h"
#include "passes/passes.h"
#include "passes/rules.h"

namespace paw::pass {

namespace {

constexpr std::int64_t kMaxPad = std::int64_t{1} << 30;  // sums stay within what attributes may hold

// The pad before this node, when it frames height and width only and nothing else reads it.
const Node* border_before(const Candidate& c) {
  const Node* pad = c.single_use_input(0, op::pad);
  if (pad == nullptr) return nullptr;
  const auto& p = pad->attrs.as<PadAttrs>();
  const bool image_only = p.before.size() == 4 && p.before[0] + p.after[0] + p.before[3] + p.after[3] == 0;
  return image_only ? pad : nullptr;
}

// `attrs` with the border added to its own padding.
template <class A>
std::optional<A> with_border(A attrs, const PadAttrs& p) {
  if (attrs.padding == Padding::kSame) return std::nullopt;
  attrs.pads[0] += p.before[1];
  attrs.pads[1] += p.after[1];
  attrs.pads[2] += p.before[2];
  attrs.pads[3] += p.after[2];
  if (std::ranges::max(attrs.pads) > kMaxPad) return std::nullopt;
  attrs.padding = std::ranges::max(attrs.pads) > 0 ? Padding::kExplicit : Padding::kValid;
  return attrs;
}

// The same node with other attributes, reading what the pad read.
ValueId without_pad(const Candidate& c, const Node& pad, Attrs attrs) {
  std::vector<ValueId> inputs;
  for (std::size_t i = 0; i < c.node.inputs.size(); ++i) inputs.push_back(c.in(i));
  inputs[0] = c.edits.resolve(pad.inputs[0]);
  return c.edits.insert(*c.node.op, inputs, std::move(attrs), c.node.source, c.type().quant);
}

template <class A>
ValueId into_convolution(const Candidate& c) {
  const Node* pad = border_before(c);
  if (pad == nullptr || pad->attrs.as<PadAttrs>().value != 0) return {};
  const std::optional<A> attrs = with_border(c.node.attrs.as<A>(), pad->attrs.as<PadAttrs>());
  return attrs ? without_pad(c, *pad, *attrs) : ValueId{};
}

// Pools refuse windows that could miss the image.
bool every_window_touches(const PoolAttrs& a) {
  return std::max(a.pads[0], a.pads[1]) < a.kernel[0] && std::max(a.pads[2], a.pads[3]) < a.kernel[1];
}

ValueId into_avg_pool(const Candidate& c) {
  const Node* pad = border_before(c);
  if (pad == nullptr || pad->attrs.as<PadAttrs>().value != 0) return {};
  const auto& old = c.node.attrs.as<PoolAttrs>();
  // The pixels of its own padding are not counted, those of the pad are: no single rule says both.
  if (!old.count_padding && std::ranges::max(old.pads) > 0) return {};
  std::optional<PoolAttrs> attrs = with_border(old, pad->attrs.as<PadAttrs>());
  if (!attrs || !every_window_touches(*attrs)) return {};
  attrs->count_padding = true;
  return without_pad(c, *pad, *attrs);
}

double lowest_number(DType dtype) {
  switch (dtype) {
    case DType::kF16: return -65504.0;
    case DType::kBF16: return -0x1.FEp127;
    case DType::kF64: return std::numeric_limits<double>::lowest();
    default: return std::numeric_limits<float>::lowest();
  }
}

ValueId into_max_pool(const Candidate& c) {
  const Node* pad = border_before(c);
  if (pad == nullptr || !is_float(c.type().dtype)) return {};
  if (pad->attrs.as<PadAttrs>().value > lowest_number(c.type().dtype)) return {};
  const std::optional<PoolAttrs> attrs = with_border(c.node.attrs.as<PoolAttrs>(), pad->attrs.as<PadAttrs>());
  return attrs && every_window_touches(*attrs) ? without_pad(c, *pad, *attrs) : ValueId{};
}

constexpr Rule kPadRules[] = {
    {&op::conv2d, into_convolution<Conv2dAttrs>},
    {&op::depthwise_conv2d, into_convolution<DepthwiseConv2dAttrs>},
    {&op::avg_pool, into_avg_pool},
    {&op::max_pool, into_max_pool},
};

Result<bool> fold_pads_once(Graph& graph) { return apply_rules(graph, kPadRules); }
Result<bool> run_fold_pad(Graph& graph, const Target&) { return until_settled(graph, fold_pads_once); }

}  // namespace

constinit const Pass fold_pad{
    .name = "fold_pad", .summary = "pads become the padding of the window that reads them", .run = run_fold_pad};

}  // namespace paw::pass
