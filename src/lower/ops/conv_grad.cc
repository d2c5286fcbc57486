// conv2d_grad_input, conv2d_grad_weights, and matmul, which is the gradient of dense layers.
#include "kernels/conv/conv_grad.h"

#include "lower/ops/conv.h"
#include "ops/matmul.h"
#include "ops/ops.h"
#include "runtime/steps.h"

namespace paw {

namespace {

// Partial sums, then their sum in a fixed order.
void emit_grad_weights(Lowering& lowering, const Node& node, const ConvShape& shape, BufferId x, BufferId dy,
                       BufferId dw) {
  const ConvGradWeightsF32 params = conv_grad_weights_params(shape);
  if (params.chunks == 1) {
    lowering.step(step::conv_grad_weights_f32, params, {x, dy}, {dw}, node);
    return;
  }
  const std::int64_t weights =
      static_cast<std::int64_t>(shape.kernel_h) * shape.kernel_w * (shape.in_c / shape.groups) * shape.out_c;
  const BufferId partials = lowering.temporary(static_cast<std::uint64_t>(params.chunks * weights) * sizeof(float));
  lowering.step(step::conv_grad_weights_f32, params, {x, dy}, {partials}, node);
  lowering.step(step::reduce_f32, ReduceF32{.reduce = params.chunks, .inner = weights}, {partials}, {dw}, node);
}

// y [m,n] = a [m,k] b with b [k,n], or [n,k] when `transposed`: b is packed as the weights of a dense layer, which lie
// [n,k], or as those of its gradient.
void emit_product(Lowering& lowering, const Node& node, BufferId a, BufferId b, BufferId y, const ConvShape& dense,
                  bool transposed) {
  const BufferId packed = lowering.temporary(conv_packed_floats(dense) * sizeof(float));
  const ConvPackF32 pack{.shape = transposed ? dense : conv_transposed(dense), .transposed = transposed ? 0 : 1};
  lowering.step(step::conv_pack_f32, pack, {b, BufferId{}}, {packed}, node);
  constexpr float kInfinity = __builtin_inff();
  lowering.step(step::conv_f32, ConvF32{dense, -kInfinity, kInfinity}, {a, packed}, {y}, node);
}

// [rows,columns] to [columns,rows].
BufferId emit_transpose(Lowering& lowering, const Node& node, BufferId from, std::int64_t rows, std::int64_t columns) {
  const BufferId to = lowering.temporary(static_cast<std::uint64_t>(rows * columns) * sizeof(float));
  Move move{.element_bytes = sizeof(float)};
  move.extents[kMoveAxes - 2] = columns;
  move.extents[kMoveAxes - 1] = rows;
  move.from[kMoveAxes - 2] = 1;
  move.from[kMoveAxes - 1] = columns;
  move.to[kMoveAxes - 2] = rows;
  move.to[kMoveAxes - 1] = 1;
  lowering.step(step::move, normalised(move), {from}, {to}, node);
  return to;
}

// `elements` contiguous ones between the beginning of a buffer and the middle of another.
void emit_copy(Lowering& lowering, const Node& node, BufferId from, std::int64_t from_offset, BufferId to,
               std::int64_t to_offset, std::int64_t elements) {
  Move move{.element_bytes = sizeof(float)};
  move.extents[kMoveAxes - 1] = elements;
  move.from[kMoveAxes - 1] = 1;
  move.to[kMoveAxes - 1] = 1;
  move.from_offset = from_offset;
  move.to_offset = to_offset;
  lowering.step(step::move, normalised(move), {from}, {to}, node);
}

// One product of a [m,k] and b [k,n], or of their transposes.
void emit_matmul(Lowering& lowering, const Node& node, const ConvShape& dense, BufferId a, BufferId b, BufferId y) {
  const auto [transpose_a, transpose_b] = node.attrs.as<MatmulAttrs>();
  if (transpose_a && !transpose_b) {  // a sum over rows of outer products
    const ConvShape rows{.batch = dense.in_c, .in_c = dense.out_c, .out_c = dense.batch};
    return emit_grad_weights(lowering, node, rows, b, a, y);
  }
  if (transpose_a) a = emit_transpose(lowering, node, a, dense.in_c, dense.batch);
  emit_product(lowering, node, a, b, y, dense, transpose_b);
}

// Which matrix of an operand with these leading axes meets matrix `index` of the result.
std::int64_t matrix_of(const Shape& operand, const Shape& result, std::int64_t index) {
  std::int64_t at = 0, stride = 1;
  for (int axis = 3; axis <= result.rank(); ++axis) {
    const std::int64_t extent = result[result.rank() - axis];
    const std::int64_t own = axis <= operand.rank() ? operand[operand.rank() - axis] : 1;
    if (own > 1) at += index % extent * stride;
    stride *= own;
    index /= extent;
  }
  return at;
}

// Each matrix of the result by itself, copied in and out.
void emit_batched(Lowering& lowering, const Node& node, const ConvShape& dense, std::int64_t count) {
  const Graph& graph = lowering.graph();
  const Shape& y = graph.type(node.outputs[0]).shape;
  const std::int64_t sizes[] = {static_cast<std::int64_t>(dense.batch) * dense.in_c,
                                static_cast<std::int64_t>(dense.in_c) * dense.out_c,
                                static_cast<std::int64_t>(dense.batch) * dense.out_c};
  for (std::int64_t i = 0; i < count; ++i) {
    BufferId operands[3];
    for (std::size_t k = 0; k < 3; ++k) {
      operands[k] = lowering.temporary(static_cast<std::uint64_t>(sizes[k]) * sizeof(float));
      if (k == 2) break;
      const std::int64_t at = matrix_of(graph.type(node.inputs[k]).shape, y, i) * sizes[k];
      emit_copy(lowering, node, lowering.buffer(node.inputs[k]), at, operands[k], 0, sizes[k]);
    }
    emit_matmul(lowering, node, dense, operands[0], operands[1], operands[2]);
    emit_copy(lowering, node, operands[2], 0, lowering.buffer(node.outputs[0]), i * sizes[2], sizes[2]);
  }
}

}  // namespace

Status lower_conv2d_grad_input(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Graph& graph = lowering.graph();
  const auto& attrs = node.attrs.as<Conv2dGradAttrs>();
  const Shape& w = graph.type(node.inputs[1]).shape;
  PAW_ASSIGN_OR_RETURN(const ConvShape shape,
                       conv_shape(node, graph.type(node.outputs[0]).shape, w, w[0], attrs.conv, attrs.conv.groups));
  const BufferId packed = lowering.temporary(conv_packed_floats(conv_transposed(shape)) * sizeof(float));
  lowering.step(step::conv_pack_f32, ConvPackF32{.shape = shape, .transposed = 1},
                {lowering.buffer(node.inputs[1]), BufferId{}}, {packed}, node);
  lowering.step(step::conv_grad_input_f32, ConvGradInputF32{shape}, {lowering.buffer(node.inputs[0]), packed},
                {lowering.buffer(node.outputs[0])}, node);
  return {};
}

Status lower_conv2d_grad_weights(Lowering& lowering, const Node& node) {
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Graph& graph = lowering.graph();
  const auto& attrs = node.attrs.as<Conv2dGradAttrs>();
  const Shape& w = graph.type(node.outputs[0]).shape;
  PAW_ASSIGN_OR_RETURN(const ConvShape shape,
                       conv_shape(node, graph.type(node.inputs[0]).shape, w, w[0], attrs.conv, attrs.conv.groups));
  emit_grad_weights(lowering, node, shape, lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1]),
                    lowering.buffer(node.outputs[0]));
  return {};
}

Status lower_matmul(Lowering& lowering, const Node& node) {
  constexpr std::int64_t kMostMatrices = 64;
  PAW_RETURN_IF_ERROR(require_f32(lowering, node));
  const Graph& graph = lowering.graph();
  const Shape& a = graph.type(node.inputs[0]).shape;
  const Shape& b = graph.type(node.inputs[1]).shape;
  const Shape& y = graph.type(node.outputs[0]).shape;
  const bool transpose_a = node.attrs.as<MatmulAttrs>().transpose_a;
  const std::int64_t m = y[y.rank() - 2];
  ConvShape dense{
      .batch = narrow(m), .in_c = narrow(transpose_a ? a[a.rank() - 2] : a.back()), .out_c = narrow(y.back())};
  const std::int64_t count = y.elements() / (m * y.back());
  const bool flat = b.rank() == 2 && !transpose_a;  // all rows of a meet one b
  if (flat) dense.batch = narrow(m * count);
  if (!flat && count > kMostMatrices)
    return unsupported(node, "the engine does not run so many products of one matmul");
  if (flat || count == 1) {
    emit_matmul(lowering, node, dense, lowering.buffer(node.inputs[0]), lowering.buffer(node.inputs[1]),
                lowering.buffer(node.outputs[0]));
  } else {
    emit_batched(lowering, node, dense, count);
  }
  return {};
}

}  // namespace paw
