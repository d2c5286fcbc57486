#include "ops/matmul.h"

#include <algorithm>

#include "ops/cast.h"
#include "ops/checks.h"
#include "ops/elementwise.h"

namespace paw::op {

namespace {

// y = A B for each batch, with A [m,k] and B [k,n] after the transpositions.
struct Product {
  std::int64_t m = 0, k = 0, n = 0;
  Shape a_batch, b_batch, batch;  // leading axes
};

Shape leading(const Shape& s) { return Shape(s.extents().first(static_cast<std::size_t>(s.rank() - 2))); }

Result<Product> product_of(const OpCall& call) {
  const auto& attrs = call.as<MatmulAttrs>();
  const Shape& a = call.shape(0);
  const Shape& b = call.shape(1);
  if (a.rank() < 2 || b.rank() < 2) {
    return call.error("expected operands of rank 2 or more, got " + a.text() + " and " + b.text());
  }
  Product p{.m = a[a.rank() - 2], .k = a.back(), .n = b.back(), .a_batch = leading(a), .b_batch = leading(b)};
  std::int64_t k = b[b.rank() - 2];
  if (attrs.transpose_a) std::swap(p.m, p.k);
  if (attrs.transpose_b) std::swap(p.n, k);
  if (p.k != k) {
    return call.error("inner extents differ: " + std::to_string(p.k) + " of " + a.text() + " and " + std::to_string(k) +
                      " of " + b.text());
  }
  const std::optional<Shape> batch = broadcast(p.a_batch, p.b_batch);
  if (!batch) return call.error("leading axes do not broadcast: " + a.text() + " and " + b.text());
  p.batch = *batch;
  return p;
}

Result<std::vector<TensorType>> infer_matmul(const OpCall& call) {
  PAW_RETURN_IF_ERROR(check_real_operands(call));
  PAW_ASSIGN_OR_RETURN(const Product p, product_of(call));
  std::vector<std::int64_t> extents(p.batch.extents().begin(), p.batch.extents().end());
  extents.push_back(p.m);
  extents.push_back(p.n);
  return std::vector{TensorType{call.in(0).dtype, Shape(extents)}};
}

void eval_matmul(const EvalArgs& args) {
  const Product p = *product_of(args.call);
  const auto& attrs = args.call.as<MatmulAttrs>();
  const auto m = static_cast<std::size_t>(p.m), k = static_cast<std::size_t>(p.k), n = static_cast<std::size_t>(p.n);
  const std::size_t a_row = attrs.transpose_a ? 1 : k, a_column = attrs.transpose_a ? m : 1;
  const std::size_t b_row = attrs.transpose_b ? 1 : n, b_column = attrs.transpose_b ? k : 1;
  const std::vector<std::size_t> a_batch = broadcast_index(p.a_batch, p.batch);
  const std::vector<std::size_t> b_batch = broadcast_index(p.b_batch, p.batch);
  for (std::size_t batch = 0; batch < a_batch.size(); ++batch) {
    const double* a = &args.in[0]->data[a_batch[batch] * m * k];
    const double* b = &args.in[1]->data[b_batch[batch] * k * n];
    double* y = &args.out[0].data[batch * m * n];
    for (std::size_t i = 0; i < m; ++i) {
      for (std::size_t t = 0; t < k; ++t) {
        const double factor = a[i * a_row + t * a_column];
        for (std::size_t j = 0; j < n; ++j) y[i * n + j] += factor * b[t * b_row + j * b_column];
      }
    }
  }
}

// Operand `i` in the element type of the gradient: quantised weights enter the backward products as the real numbers
// they stand for.
ValueId as_gradient_type(GradContext& g, std::size_t i) {
  if (!g.type(g.in(i)).quant) return g.in(i);
  return g.call(dequantize, {g.in(i)}, DtypeAttrs{g.type(g.grad()).dtype});
}

// With A, B the operands as multiplied: dA = dY B^T and dB = A^T dY; a transposed operand gets the transposed product.
std::vector<ValueId> grad_matmul(GradContext& g) {
  const auto [ta, tb] = g.attrs<MatmulAttrs>();
  const ValueId dy = g.grad();
  std::vector<ValueId> grads(2);
  if (g.wants(0)) {
    const ValueId b = as_gradient_type(g, 1);
    const ValueId da =
        ta ? g.call(matmul, {b, dy}, MatmulAttrs{tb, true}) : g.call(matmul, {dy, b}, MatmulAttrs{false, !tb});
    grads[0] = sum_to(g, da, g.in(0));
  }
  if (g.wants(1)) {
    const ValueId a = as_gradient_type(g, 0);
    const ValueId db =
        tb ? g.call(matmul, {dy, a}, MatmulAttrs{true, ta}) : g.call(matmul, {a, dy}, MatmulAttrs{!ta, false});
    grads[1] = sum_to(g, db, g.in(1));
  }
  return grads;
}

Cost cost_matmul(const OpCall& call, std::span<const TensorType> outputs) {
  const Shape& a = call.shape(0);
  const std::int64_t k = call.as<MatmulAttrs>().transpose_a ? a[a.rank() - 2] : a.back();
  return {.macs = count_product({outputs[0].shape.elements(), k})};
}

OpCase case_matmul(std::string name, Shape a, Shape b, MatmulAttrs attrs) {
  return {.name = std::move(name), .inputs = {{.type = {DType::kF32, a}}, {.type = {DType::kF32, b}}}, .attrs = attrs};
}

std::vector<OpCase> cases_matmul() {
  return {
      case_matmul("plain", {3, 4}, {4, 5}, {}),
      case_matmul("transpose_a", {4, 3}, {4, 5}, {.transpose_a = true}),
      case_matmul("transpose_b", {3, 4}, {5, 4}, {.transpose_b = true}),
      case_matmul("both", {4, 3}, {5, 4}, {.transpose_a = true, .transpose_b = true}),
      case_matmul("batch", {2, 3, 2, 4}, {2, 3, 4, 2}, {}),
      case_matmul("broadcast", {2, 1, 3, 2}, {4, 5, 2}, {.transpose_b = true}),
      case_matmul("shared_b", {2, 3, 3, 2}, {2, 4}, {}),
  };
}

}  // namespace

constinit const OpDef matmul{.name = "matmul",
                             .summary = "matrix product over the last two axes; leading axes broadcast",
                             .inputs = {"a", "b"},
                             .default_attrs = attrs_of<MatmulAttrs>,
                             .infer = infer_matmul,
                             .reference = eval_matmul,
                             .gradient = grad_matmul,
                             .cost = cost_matmul,
                             .cases = cases_matmul};

}  // namespace paw::op
