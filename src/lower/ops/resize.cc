// resize_nearest and resize_bilinear.
#include "ops/resize.h"
#include "lower/lowering.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

std::int32_t narrow(std::int64_t extent) { return static_cast<std::int32_t>(extent); }

ResizeGrid grid_of(ResizeCoordinates coordinates) {
  switch (coordinates) {
    case ResizeCoordinates::kHalfPixel: return ResizeGrid::kHalfPixel;
    case ResizeCoordinates::kAsymmetric: return ResizeGrid::kAsymmetric;
    case ResizeCoordinates::kAlignCorners: break;
  }
  return ResizeGrid::kAlignCorners;
}

Status lower_resize(Lowering& lowering, const Node& node, const StepDef& def) {
  const TensorType& x = lowering.graph().type(node.inputs[0]);
  if (x.dtype != DType::kF32) return unsupported(node, "the engine runs float32 only, got " + x.text());
  const auto& attrs = node.attrs.as<ResizeAttrs>();
  const ResizeF32 params{.batch = narrow(x.shape[0]),
                         .in_h = narrow(x.shape[1]),
                         .in_w = narrow(x.shape[2]),
                         .channels = narrow(x.shape[3]),
                         .out_h = narrow(attrs.size[0]),
                         .out_w = narrow(attrs.size[1]),
                         .grid = grid_of(attrs.coordinates)};
  lowering.step(def, params, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

}  // namespace

Status lower_resize_nearest(Lowering& lowering, const Node& node) {
  return lower_resize(lowering, node, step::resize_nearest_f32);
}

Status lower_resize_bilinear(Lowering& lowering, const Node& node) {
  return lower_resize(lowering, node, step::resize_bilinear_f32);
}

}  // namespace paw
