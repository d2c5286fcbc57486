// fully_connected <-> linear; matmul <-> matmul
#include "formats/coreml/axes.h"
#include "formats/coreml/program/ops/dense.h"
#include "formats/coreml/program/rules.h"
#include "ops/matmul.h"
#include "ops/ops.h"

namespace paw::coreml::program {

namespace {
Result<OpForm> linear(NodeWriter& w, const Var& x) {
  if (w.has_half_weights()) return dense_of_half(w, x, kMatrix);
  PAW_ASSIGN_OR_RETURN(const Var weights, w.weights(1, kMatrix));
  std::vector<Input> inputs = {{"x", {x}}, {"weight", {weights}}};
  if (w.has(2)) {
    PAW_ASSIGN_OR_RETURN(const Var bias, w.weights(2, kVector));
    inputs.push_back({"bias", {bias}});
  }
  return OpForm{"linear", std::move(inputs)};
}

}  // namespace

Result<OpForm> dense_of_half(NodeWriter& w, const Var& rows, std::span<const int> axes) {
  const std::int64_t features = w.out_type().shape.back();
  PAW_ASSIGN_OR_RETURN(const Var weights, w.half_weights(axes, {features, rows.shape.back()}));
  OpForm matmul{"matmul",
                {{"x", {rows}},
                 {"y", {weights}},
                 {"transpose_x", {w.block().flag(false)}},
                 {"transpose_y", {w.block().flag(true)}}}};
  if (!w.has(2)) return matmul;
  Shape shape = rows.shape;
  shape[shape.rank() - 1] = features;
  const Var y = w.step(matmul.type, matmul.inputs, shape);
  PAW_ASSIGN_OR_RETURN(const Var bias, w.weights(2, kVector));
  return OpForm{"add", {{"x", {y}}, {"y", {bias}}}};
}

Status pixel_of_half(NodeWriter& w, std::span<const int> axes) {
  PAW_ASSIGN_OR_RETURN(const Var x, w.in(0));
  const std::array<std::int64_t, 2> flat = {x.shape[0], x.shape[1]};
  const Var rows = w.step("reshape", {{"x", {x}}, {"shape", {w.block().ints(flat)}}}, Shape(flat));
  PAW_ASSIGN_OR_RETURN(const OpForm dense, dense_of_half(w, rows, axes));
  const std::array<std::int64_t, 4> pixel = {x.shape[0], w.out_type().shape.back(), 1, 1};
  const Var y = w.step(dense.type, dense.inputs, {pixel[0], pixel[1]});
  return w.out("reshape", {{"x", {y}}, {"shape", {w.block().ints(pixel)}}});
}

Status write_fully_connected(NodeWriter& w) {
  const Shape& in = w.type(0).shape;
  if (w.has_half_weights() && in.rank() == 4 && in[1] == 1 && in[2] == 1) return pixel_of_half(w, kMatrix);
  PAW_ASSIGN_OR_RETURN(Var x, w.plain(0));
  // linear takes up to three axes: more become rows, and come back behind it.
  const bool rows = in.rank() > 3;
  const std::array<std::int64_t, 2> flat = {in.elements() / in.back(), in.back()};
  if (rows) x = w.step("reshape", {{"x", {x}}, {"shape", {w.block().ints(flat)}}}, Shape(flat));
  PAW_ASSIGN_OR_RETURN(const OpForm dense, linear(w, x));
  if (!rows) return w.out_plain(dense.type, dense.inputs);
  const Var y = w.step(dense.type, dense.inputs, {flat[0], w.out_type().shape.back()});
  return w.out_plain("reshape", {{"x", {y}}, {"shape", {w.block().ints(w.out_type().shape.extents())}}});
}

Status read_linear(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape shape, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.plain("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId weights, r.weights("weight", kMatrix));
  ValueId bias;
  if (r.has("bias")) {
    PAW_ASSIGN_OR_RETURN(bias, r.weights("bias", kVector));
  }
  return r.result(r.call(op::fully_connected, {x, weights, bias}), AxisOrder(shape.rank()));
}

Status write_matmul(NodeWriter& w) {
  const auto& a = w.attrs<MatmulAttrs>();
  PAW_ASSIGN_OR_RETURN(const Var x, w.plain(0));
  PAW_ASSIGN_OR_RETURN(const Var y, w.plain(1));
  return w.out_plain("matmul", {{"x", {x}},
                                {"y", {y}},
                                {"transpose_x", {w.block().flag(a.transpose_a)}},
                                {"transpose_y", {w.block().flag(a.transpose_b)}}});
}

Status read_matmul(OpReader& r) {
  PAW_ASSIGN_OR_RETURN(const Shape a, r.shape("x"));
  PAW_ASSIGN_OR_RETURN(const Shape b, r.shape("y"));
  if (a.rank() < 2 || b.rank() < 2) return r.refuse("products of vectors are not supported");
  PAW_ASSIGN_OR_RETURN(const ValueId x, r.plain("x"));
  PAW_ASSIGN_OR_RETURN(const ValueId y, r.plain("y"));
  MatmulAttrs attrs;
  PAW_ASSIGN_OR_RETURN(attrs.transpose_a, r.flag("transpose_x"));
  PAW_ASSIGN_OR_RETURN(attrs.transpose_b, r.flag("transpose_y"));
  return r.result(r.call(op::matmul, {x, y}, attrs), AxisOrder(std::max(a.rank(), b.rank())));
}

}  // namespace paw::coreml::program
