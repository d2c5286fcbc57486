// resize_nearest and resize_bilinear.
#include "lower/ops/resize.h"

#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

ResizeGrid resize_grid(ResizeCoordinates coordinates) {
  switch (coordinates) {
    case ResizeCoordinates::kHalfPixel: return ResizeGrid::kHalfPixel;
    case ResizeCoordinates::kAsymmetric: return ResizeGrid::kAsymmetric;
    case ResizeCoordinates::kAlignCorners: break;
  }
  return ResizeGrid::kAlignCorners;
}

namespace {

// x: what the filter reads; y: what it makes. The gradients go the other way.
Status lower_resize(Lowering& lowering, const Node& node, const StepDef& def, ResizeCoordinates coordinates,
                    const Shape& x, const Shape& y) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node, node.inputs[0]));
  const ResizeF32 params{.batch = narrow(x[0]),
                         .in_h = narrow(x[1]),
                         .in_w = narrow(x[2]),
                         .channels = narrow(x[3]),
                         .out_h = narrow(y[1]),
                         .out_w = narrow(y[2]),
                         .grid = resize_grid(coordinates)};
  lowering.step(def, params, {lowering.buffer(node.inputs[0])}, {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_forward(Lowering& lowering, const Node& node, const StepDef& def) {
  const Graph& graph = lowering.graph();
  return lower_resize(lowering, node, def, node.attrs.as<ResizeAttrs>().coordinates, graph.type(node.inputs[0]).shape,
                      graph.type(node.outputs[0]).shape);
}

Status lower_gradient(Lowering& lowering, const Node& node, const StepDef& def) {
  const Graph& graph = lowering.graph();
  return lower_resize(lowering, node, def, node.attrs.as<ResizeGradAttrs>().coordinates,
                      graph.type(node.outputs[0]).shape, graph.type(node.inputs[0]).shape);
}

}  // namespace

Status lower_resize_nearest(Lowering& lowering, const Node& node) {
  return lower_forward(lowering, node, step::resize_nearest_f32);
}

Status lower_resize_bilinear(Lowering& lowering, const Node& node) {
  return lower_forward(lowering, node, step::resize_bilinear_f32);
}

Status lower_resize_nearest_grad(Lowering& lowering, const Node& node) {
  return lower_gradient(lowering, node, step::resize_nearest_grad_f32);
}

Status lower_resize_bilinear_grad(Lowering& lowering, const Node& node) {
  return lower_gradient(lowering, node, step::resize_bilinear_grad_f32);
}

}  // namespace paw
