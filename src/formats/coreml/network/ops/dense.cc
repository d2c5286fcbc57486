// fully_connected <-> innerProduct; matmul <-> batchedMatmul
#include "coreml/network.pb.h"
#include "formats/coreml/axes.h"
#include "formats/coreml/lists.h"
#include "formats/coreml/network/rules.h"
#include "ops/matmul.h"
#include "ops/ops.h"
#include "ops/shape_ops.h"

namespace paw::coreml::network {

Status write_fully_connected(LayerWriter& w) {
  PAW_ASSIGN_OR_RETURN(Blob x, w.plain(0));
  // Of more than three axes the layer would take the last three as one: they become rows, and come back behind it.
  const Shape& in = w.type(0).shape;
  const std::int64_t features = w.out_type().shape.back();
  const bool rows = in.rank() > 3;
  if (rows) x = w.reshaped(x, {in.elements() / in.back(), in.back()});
  Blob made;
  schema::Layer& layer = rows ? w.step({x}, "rows", {x.shape[0], features}, made) : w.out_plain({x});
  schema::InnerProduct& p = *layer.mutable_inner_product();
  p.set_input_channels(static_cast<std::uint64_t>(in.back()));
  p.set_output_channels(static_cast<std::uint64_t>(features));
  PAW_RETURN_IF_ERROR(w.weights(1, kMatrix, *p.mutable_weights()));
  if (w.has(2)) {
    p.set_biased(true);
    PAW_RETURN_IF_ERROR(w.weights(2, kVector, *p.mutable_bias()));
  }
  if (rows) {
    const auto extents = w.out_type().shape.extents();
    w.out_plain({made}).mutable_reshape_static()->set_values(pack_integers(extents));
  }
  return {};
}

namespace {

// [N,C,H,W] as rows of C*H*W, as the file counts them. Where H and W are 1 the image itself will do.
Result<ValueId> flat_rows(LayerReader& r, const Shape& x) {
  if (x[2] == 1 && x[3] == 1) return r.in(0, AxisOrder::home(4));
  PAW_ASSIGN_OR_RETURN(const ValueId image, r.plain(0));
  return r.call(op::reshape, {image}, ShapeAttrs{{x[0], 1, 1, x[1] * x[2] * x[3]}});
}

}  // namespace

Status read_inner_product(LayerReader& r) {
  const schema::InnerProduct& p = r.layer().inner_product();
  if (p.dynamic()) return r.refuse("quantises its input as it goes, which is not supported");
  PAW_ASSIGN_OR_RETURN(const Shape x, r.shape(0));
  const auto inputs = static_cast<std::int64_t>(std::min<std::uint64_t>(p.input_channels(), kMaxExtent));
  const auto outputs = static_cast<std::int64_t>(std::min<std::uint64_t>(p.output_channels(), kMaxExtent));
  const std::array<std::int64_t, 2> extents = {outputs, inputs};
  const auto shape = Shape::checked(extents);
  if (!shape || r.input_count() != 1) return r.refuse("its weights have an extent of 0, or are too large");
  ValueId rows;
  const bool image = x.rank() == 4 && x[1] * x[2] * x[3] == inputs;
  if (image) {
    PAW_ASSIGN_OR_RETURN(rows, flat_rows(r, x));
  } else {
    PAW_ASSIGN_OR_RETURN(rows, r.plain(0));
  }
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.weights(p.weights(), *shape, kMatrix));
  ValueId bias;
  if (p.biased()) {
    PAW_ASSIGN_OR_RETURN(bias, r.weights(p.bias(), Shape{outputs}, kVector));
  }
  return r.result(r.call(op::fully_connected, {rows, weights, bias}), image ? AxisOrder::home(4) : AxisOrder(x.rank()));
}

Status write_matmul(LayerWriter& w) {
  const auto& a = w.attrs<MatmulAttrs>();
  PAW_ASSIGN_OR_RETURN(const Blob x, w.plain(0));
  PAW_ASSIGN_OR_RETURN(const Blob y, w.plain(1));
  schema::Layer::MatMul& m = *w.out_plain({x, y}).mutable_matmul();
  m.set_transpose_a(a.transpose_a);
  m.set_transpose_b(a.transpose_b);
  return {};
}

Status read_matmul(LayerReader& r) {
  const schema::Layer::MatMul& m = r.layer().matmul();
  if (m.dynamic()) return r.refuse("quantises its input as it goes, which is not supported");
  PAW_ASSIGN_OR_RETURN(const Shape a, r.shape(0));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.plain(0));
  if (r.input_count() == 2) {
    PAW_ASSIGN_OR_RETURN(const Shape b, r.shape(1));
    PAW_ASSIGN_OR_RETURN(const ValueId y, r.plain(1));
    if (a.rank() < 2 || b.rank() < 2) return r.refuse("products of vectors are not supported");
    const MatmulAttrs attrs{m.transpose_a(), m.transpose_b()};
    return r.result(r.call(op::matmul, {x, y}, attrs), AxisOrder(std::max(a.rank(), b.rank())));
  }
  const std::array<std::int64_t, 2> extents = {
      static_cast<std::int64_t>(std::min<std::uint64_t>(m.weight_rows(), kMaxExtent)),
      static_cast<std::int64_t>(std::min<std::uint64_t>(m.weight_columns(), kMaxExtent))};
  const auto shape = Shape::checked(extents);
  if (!shape || a.rank() < 2) return r.refuse("its weights have an extent of 0, or are too large");
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.weights(m.weights(), *shape, kMatrix));
  ValueId y = r.call(op::matmul, {x, weights}, MatmulAttrs{m.transpose_a(), false});
  if (m.biased()) {
    PAW_ASSIGN_OR_RETURN(const ValueId bias, r.weights(m.bias(), Shape{extents[1]}, kVector));
    y = r.call(op::add, {y, bias});
  }
  return r.result(y, AxisOrder(a.rank()));
}

}  // namespace paw::coreml::network
