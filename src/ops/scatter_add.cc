#include "ops/elementwise.h"
#include "ops/gather.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_scatter_add(const OpCall& call) {
  const std::int64_t size = call.as<ScatterAddAttrs>().size;
  const std::optional<Shape> sums = Shape::checked(std::span(&size, 1));
  if (size < 1 || !sums) return call.error("expected a size of 1 or more, got " + std::to_string(size));
  const TensorType &updates = call.in(0), &indices = call.in(1);
  if (!is_float(updates.dtype)) return call.error("expected updates of a float type, got " + updates.text());
  if (!(indices == TensorType{DType::kI32, updates.shape})) {
    return call.error("expected indices as i32 in the shape of " + updates.text() + ", got " + indices.text());
  }
  return std::vector{TensorType{updates.dtype, *sums}};
}

void eval_scatter_add(const EvalArgs& args) {
  const std::vector<double>&updates = args.in[0]->data, &indices = args.in[1]->data;
  std::vector<double>& y = args.out[0].data;
  const std::int64_t size = std::ssize(y);
  for (std::size_t i = 0; i < updates.size(); ++i) {
    y[static_cast<std::size_t>(table_entry(static_cast<std::int64_t>(indices[i]), size))] += updates[i];
  }
}

std::vector<ValueId> grad_scatter_add(GradContext& g) { return {g.call(gather, {g.grad(), g.in(1)}), {}}; }

std::vector<OpCase> cases_scatter_add() {
  const auto of = [](const char* name, Shape shape, std::vector<double> indices, std::int64_t size) {
    return OpCase{.name = name,
                  .inputs = {{.type = {DType::kF32, shape}},
                             {.type = {DType::kI32, shape}, .values = std::move(indices), .differentiable = false}},
                  .attrs = ScatterAddAttrs{size}};
  };
  return {of("few", {2, 4}, {0, 1, 2, 2, 1, 0, 0, 1}, 3), of("unread", {3}, {4, 1, 4}, 6), of("one", {}, {0}, 1),
          of("outside", {2, 1, 2}, {-1, 4, 2147483647, -2147483648.0}, 4)};
}

}  // namespace

constinit const OpDef scatter_add{
    .name = "scatter_add",
    .summary = "y[k] = sum of updates[i] where indices[i] is k; an index outside means the nearest entry",
    .inputs = {"updates", "indices"},
    .default_attrs = attrs_of<ScatterAddAttrs>,
    .traits = kTrainOnly,
    .accuracy = Accuracy::kRounding,
    .infer = infer_scatter_add,
    .reference = eval_scatter_add,
    .gradient = grad_scatter_add,
    .cost = [](const OpCall& call, std::span<const TensorType>) -> Cost { return {.ops = call.shape(0).elements()}; },
    .cases = cases_scatter_add};

}  // namespace paw::op
