// What the four resize ops share. Both filters are separable: every output row (column) is a weighted sum of at most
// two input rows (columns), so that one table per axis says everything, forwards and backwards.
//
// Nearest: half_pixel floor((i + 0.5) * in / out) (TFLite, TF2), asymmetric floor(i * in / out), align_corners
// i * (in - 1) / (out - 1) rounded half up. Computed in integers, so exact for every size.
// Bilinear: the coordinate of resize.h clamped to [0, in - 1], so that the border is repeated.
#pragma once

#include "ir/op_def.h"
#include "ops/resize.h"

namespace paw {

// Output index i reads input `low` with weight 1 - fraction and input `high` with weight `fraction`.
struct ResizeTap {
  std::size_t low = 0, high = 0;
  double fraction = 0;
};
enum class ResizeMethod : std::uint8_t { kNearest, kBilinear };
std::vector<ResizeTap> resize_taps(ResizeMethod method, ResizeCoordinates coordinates, std::int64_t in,
                                   std::int64_t out);

// x [N,H,W,C] -> y [N,size,C]; and back, dy -> dx [N,input_size,C].
Result<std::vector<TensorType>> infer_resize(const OpCall& call);
Result<std::vector<TensorType>> infer_resize_grad(const OpCall& call);
void eval_resize(const EvalArgs& args, ResizeMethod method);
void eval_resize_grad(const EvalArgs& args, ResizeMethod method);
// The op's gradient, with `op` its counterpart. Both maps are linear and each other's transpose.
std::vector<ValueId> resize_gradient(GradContext& g, const OpDef& op);
std::vector<ValueId> resize_grad_gradient(GradContext& g, const OpDef& op);
std::vector<OpCase> resize_cases();
std::vector<OpCase> resize_grad_cases();

}  // namespace paw
