#include "ops/gather.h"

#include "ops/elementwise.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_gather(const OpCall& call) {
  const TensorType &table = call.in(0), &indices = call.in(1);
  if (!is_float(table.dtype) || table.shape.rank() != 1 || table.shape[0] < 1) {
    return call.error("expected table as float [K], got " + table.text());
  }
  if (indices.dtype != DType::kI32 || indices.quant)
    return call.error("expected indices as i32, got " + indices.text());
  return std::vector{TensorType{table.dtype, indices.shape}};
}

void eval_gather(const EvalArgs& args) {
  const std::vector<double>&table = args.in[0]->data, &indices = args.in[1]->data;
  std::vector<double>& y = args.out[0].data;
  const std::int64_t size = std::ssize(table);
  for (std::size_t i = 0; i < y.size(); ++i) {
    y[i] = table[static_cast<std::size_t>(table_entry(static_cast<std::int64_t>(indices[i]), size))];
  }
}

std::vector<ValueId> grad_gather(GradContext& g) {
  const std::int64_t size = g.type(g.in(0)).shape[0];
  return {g.call(scatter_add, {g.grad(), g.in(1)}, ScatterAddAttrs{size}), {}};
}

CaseInput indices_of(Shape shape, std::vector<double> values) {
  return {.type = {DType::kI32, shape}, .values = std::move(values), .differentiable = false};
}

std::vector<OpCase> cases_gather() {
  const auto table = [](std::int64_t size) { return CaseInput{.type = {DType::kF32, Shape{size}}}; };
  return {{.name = "few", .inputs = {table(3), indices_of({2, 4}, {0, 1, 2, 2, 1, 0, 0, 1})}},
          {.name = "unread", .inputs = {table(5), indices_of({3}, {4, 1, 4})}},
          {.name = "one", .inputs = {table(1), indices_of({}, {0})}},
          {.name = "outside", .inputs = {table(4), indices_of({2, 1, 2}, {-1, 4, 2147483647, -2147483648.0})}}};
}

}  // namespace

constinit const OpDef gather{.name = "gather",
                             .summary = "y[i] = table[indices[i]]; an index outside means the nearest entry",
                             .inputs = {"table", "indices"},
                             .traits = kTrainOnly,
                             .accuracy = Accuracy::kExact,
                             .infer = infer_gather,
                             .reference = eval_gather,
                             .gradient = grad_gather,
                             .cost = cost_per_element<1>,
                             .cases = cases_gather};

}  // namespace paw::op
