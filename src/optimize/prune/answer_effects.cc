#include "optimize/prune/answer_effects.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/random.h"
#include "ir/builder.h"
#include "lower/lower.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "optimize/quantize/output_noise.h"
#include "runtime/executor.h"
#include "train/autodiff.h"

namespace paw {

namespace {

constexpr std::uint64_t kSeed = 0x616E7377657273;

// `graph` with the squared derivatives of direction * answers by each of `values` as its outputs, summed over places.
Result<Graph> derivatives(const Graph& graph, std::span<const ValueId> values) {
  const ValueId answers = answers_of(graph);
  GraphBuilder builder(graph);
  const ValueId direction = builder.input("direction", graph.type(answers));
  const ValueId along = builder.call(op::reduce_sum, {builder.call(op::mul, {answers, direction})}, ReduceAttrs{});
  PAW_ASSIGN_OR_RETURN(Graph whole, builder.finish());
  whole.outputs.clear();
  PAW_ASSIGN_OR_RETURN(const std::vector<ValueId> gradients, autodiff(whole, along, values));
  GraphBuilder sums(std::move(whole));
  for (const ValueId gradient : gradients) {
    ReduceAttrs places;
    for (std::int64_t axis = 0; axis + 1 < sums.shape(gradient).rank(); ++axis) places.axes.push_back(axis);
    const ValueId squares = sums.call(op::square, {gradient});
    sums.output(places.axes.empty() ? squares : sums.call(op::reduce_sum, {squares}, places));
  }
  return sums.finish();
}

void draw_direction(std::uint64_t example, std::span<float> direction) {
  Random random(kSeed, example);
  for (float& v : direction) v = static_cast<float>(random.normal());
  const auto count = static_cast<float>(direction.size());
  const float mean = direction.size() > 1 ? std::accumulate(direction.begin(), direction.end(), 0.0f) / count : 0;
  float squares = 0;
  for (float& v : direction) {
    v -= mean;
    squares += v * v;
  }
  for (float& v : direction) v /= std::sqrt(std::max(squares, 1e-30f));
}

}  // namespace

Result<std::vector<std::vector<double>>> answer_effects(const Graph& graph, std::span<const ValueId> values,
                                                        const CalibrationSet& examples, int threads) {
  PAW_ASSIGN_OR_RETURN(const Graph backward, derivatives(graph, values));
  PAW_ASSIGN_OR_RETURN(const Bytes file, lower(backward, {.deploy_passes = false}));
  PAW_ASSIGN_OR_RETURN(const Plan plan, Plan::load(file, "the plan of derivatives"));
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  Executor executor(plan, isa, threads);
  const auto answers = static_cast<std::size_t>(backward.type(backward.inputs[1]).shape.elements());
  std::vector<std::vector<double>> effects(values.size());
  for (std::int64_t i = 0; i < examples.size(); ++i) {
    std::ranges::copy(examples.example(i), static_cast<float*>(executor.input(0)));
    draw_direction(static_cast<std::uint64_t>(i), {static_cast<float*>(executor.input(1)), answers});
    executor.run();
    for (std::size_t v = 0; v < values.size(); ++v) {
      const auto channels = static_cast<std::size_t>(graph.type(values[v]).shape.back());
      const auto* sums = static_cast<const float*>(executor.output(v));
      effects[v].resize(channels);
      for (std::size_t c = 0; c < channels; ++c)
        effects[v][c] += static_cast<double>(sums[c]) / static_cast<double>(examples.size());
    }
  }
  return effects;
}

}  // namespace paw
