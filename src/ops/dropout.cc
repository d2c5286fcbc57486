// The mask, which every kernel must reproduce bit for bit. With seed input {s, t}, flat row-major element index i, and
// random_* of base/random.h (all arguments as two's-complement uint64):
//   stream' = random_bits(stream, t, 0)
//   y[i] = random_uniform(s, stream', i) >= rate ? x[i] / (1 - rate) : 0
#include "base/random.h"
#include "ops/elementwise.h"
#include "ops/normalization.h"

namespace paw::op {

namespace {

Result<std::vector<TensorType>> infer_dropout(const OpCall& call) {
  const double rate = call.as<DropoutAttrs>().rate;
  if (!(rate >= 0 && rate < 1)) return call.error("expected a rate in [0, 1), got " + std::to_string(rate));
  const TensorType& x = call.in(0);
  if (!x.is_real()) return call.error("expected x of real numbers, got " + x.text());
  if (call.has(1)) {
    if (!is_float(x.dtype)) return call.error("expected x of a float type in training, got " + x.text());
    if (!(call.in(1) == TensorType{DType::kI64, Shape{2}})) {
      return call.error("expected seed as i64[2], got " + call.in(1).text());
    }
  }
  return std::vector{TensorType{x.dtype, x.shape}};
}

// Seeds reach the interpreter as doubles; one that is no int64 counts as 0.
std::uint64_t to_bits(double value) {
  return value >= -0x1p63 && value < 0x1p63 ? static_cast<std::uint64_t>(static_cast<std::int64_t>(value)) : 0;
}

void eval_dropout(const EvalArgs& args) {
  const std::vector<double>& x = args.in[0]->data;
  std::vector<double>& y = args.out[0].data;
  if (!args.call.has(1)) {
    y = x;
    return;
  }
  const auto& attrs = args.call.as<DropoutAttrs>();
  const std::vector<double>& seed = args.in[1]->data;
  const std::uint64_t stream = random_bits(static_cast<std::uint64_t>(attrs.stream), to_bits(seed[1]), 0);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool keep = random_uniform(to_bits(seed[0]), stream, i) >= attrs.rate;
    y[i] = keep ? x[i] / (1.0 - attrs.rate) : 0.0;
  }
}

// Linear in x: the gradient passes through the same mask.
std::vector<ValueId> grad_dropout(GradContext& g) {
  std::vector<ValueId> grads(g.input_count());
  grads[0] = g.has(1) ? g.call(dropout, {g.grad(), g.in(1)}, g.attrs<DropoutAttrs>()) : g.grad();
  return grads;
}

OpCase case_dropout(std::string name, Shape x, std::vector<double> seed, DropoutAttrs attrs) {
  const bool absent = seed.empty();
  return {.name = std::move(name),
          .inputs =
              {{.type = {DType::kF32, x}},
               {.type = {DType::kI64, Shape{2}}, .values = std::move(seed), .absent = absent, .differentiable = false}},
          .attrs = attrs};
}

std::vector<OpCase> cases_dropout() {
  return {case_dropout("inference", {2, 5}, {}, {}), case_dropout("half", {4, 6}, {7, 3}, {}),
          case_dropout("second_stream", {2, 3, 3, 2}, {7, 3}, {.rate = 0.2, .stream = 1}),
          case_dropout("keep_all", Shape{5}, {1, 0}, {.rate = 0})};
}

}  // namespace

constinit const OpDef dropout{
    .name = "dropout",
    .summary = "training (with seed = {seed, step}): x / (1 - rate) or 0, by a counter-based mask; else x",
    .inputs = {"x", "seed?"},
    .default_attrs = attrs_of<DropoutAttrs>,
    .traits = kSharesInputScale,
    .infer = infer_dropout,
    .reference = eval_dropout,
    .gradient = grad_dropout,
    .cost = cost_per_element<2>,
    .cases = cases_dropout};

}  // namespace paw::op
