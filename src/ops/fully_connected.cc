#include "ops/checks.h"
#include "ops/matmul.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "ops/shape_ops.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_fully_connected(const OpCall& call) {
  const TensorType& x = call.in(0);
  const TensorType& w = call.in(1);
  PAW_RETURN_IF_ERROR(check_real_operands(call));
  if (x.shape.rank() < 2) return call.error("expected x as [...,I] of rank 2 or more, got " + x.text());
  if (w.shape.rank() != 2 || w.shape[1] != x.shape.back()) {
    return call.error("expected weights as [O," + std::to_string(x.shape.back()) + "], got " + w.text());
  }
  const std::int64_t filters = w.shape[0];
  if (call.has(2) && call.shape(2) != Shape{filters}) {
    return call.error("expected bias as [" + std::to_string(filters) + "], got " + call.in(2).text());
  }
  TensorType y{x.dtype, x.shape};
  y.shape[y.shape.rank() - 1] = filters;
  return std::vector{y};
}

void eval_fully_connected(const EvalArgs& args) {
  const auto inputs = static_cast<std::size_t>(args.call.shape(1)[1]);
  const auto filters = static_cast<std::size_t>(args.call.shape(1)[0]);
  const double* weights = args.in[1]->data.data();
  std::vector<double>& y = args.out[0].data;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double* px = &args.in[0]->data[i / filters * inputs];
    const double* pw = weights + i % filters * inputs;
    double sum = args.call.has(2) ? args.in[2]->data[i % filters] : 0.0;
    for (std::size_t k = 0; k < inputs; ++k) sum += px[k] * pw[k];
    y[i] = sum;
  }
}

// x and dy as matrices of rows.
ValueId rows(GradContext& g, ValueId value) {
  const Shape shape = g.type(value).shape;
  if (shape.rank() == 2) return value;
  return g.call(reshape, {value}, ShapeAttrs{{-1, shape.back()}});
}

// y = x w^T + bias: dx = dy w, dw = dy^T x, dbias = sum of dy over the rows.
std::vector<ValueId> grad_fully_connected(GradContext& g) {
  const ValueId dy = g.grad();
  std::vector<ValueId> grads(g.input_count());
  if (g.wants(0)) grads[0] = g.call(matmul, {dy, g.in(1)});
  if (!g.wants(1) && !g.wants(2)) return grads;
  const ValueId dy_rows = rows(g, dy);
  if (g.wants(1)) grads[1] = g.call(matmul, {dy_rows, rows(g, g.in(0))}, MatmulAttrs{.transpose_a = true});
  if (g.wants(2)) grads[2] = g.call(reduce_sum, {dy_rows}, ReduceAttrs{{0}});
  return grads;
}

Cost cost_fully_connected(const OpCall& call, std::span<const TensorType> outputs) {
  return {.macs = count_product({outputs[0].shape.elements(), call.shape(1)[1]})};
}

OpCase case_fully_connected(std::string name, Shape x, std::int64_t filters, bool bias) {
  return {.name = std::move(name),
          .inputs = {{.type = {DType::kF32, x}},
                     {.type = {DType::kF32, {filters, x.back()}}},
                     {.type = {DType::kF32, Shape{filters}}, .absent = !bias}},
          .attrs = {}};
}

std::vector<OpCase> cases_fully_connected() {
  return {case_fully_connected("matrix", {3, 5}, 4, true), case_fully_connected("no_bias", {2, 6}, 3, false),
          case_fully_connected("one_class", {1, 7}, 1, true), case_fully_connected("rank4", {2, 1, 3, 4}, 2, true)};
}

}  // namespace

constinit const OpDef fully_connected{.name = "fully_connected",
                                      .summary = "x [...,I] times weights [O,I] transposed, plus bias [O]",
                                      .inputs = {"x", "weights", "bias?"},
                                      .infer = infer_fully_connected,
                                      .reference = eval_fully_connected,
                                      .gradient = grad_fully_connected,
                                      .cost = cost_fully_connected,
                                      .cases = cases_fully_connected};

}  // namespace paw::op
