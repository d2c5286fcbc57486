#include "optimize/quantize/output_noise.h"

#include <algorithm>
#include <numeric>

#include "ops/ops.h"
#include "optimize/quantize/ranges.h"

namespace paw {

namespace {

double sum_of_squares(std::span<const float> numbers) {
  double sum = 0;
  for (const float v : numbers) sum += static_cast<double>(v) * v;
  return sum;
}

// Of numbers [examples][classes]: what the mean of each class over the examples has.
double power_of_means(std::span<const float> numbers, std::size_t examples) {
  const std::size_t classes = numbers.size() / examples;
  double sum = 0;
  for (std::size_t k = 0; k < classes; ++k) {
    double mean = 0;
    for (std::size_t i = 0; i < examples; ++i) mean += numbers[i * classes + k];
    sum += mean * mean / static_cast<double>(examples);
  }
  return sum;
}

}  // namespace

ValueId answers_of(const Graph& graph) {
  const ValueId first = graph.outputs[0];
  const NodeId maker = Uses(graph).producer(first);
  return maker.valid() && graph[maker].op == &op::softmax ? graph[maker].inputs[0] : first;
}

Result<OutputNoise> OutputNoise::create(const Graph& graph, const CalibrationSet& set, std::int64_t examples,
                                        int threads) {
  OutputNoise noise(set, threads);
  noise.examples_ = std::min(examples, set.size());
  noise.scored_ = graph;
  const ValueId answers = answers_of(graph);
  std::erase(noise.scored_.outputs, answers);
  noise.scored_.outputs.insert(noise.scored_.outputs.begin(), answers);
  PAW_ASSIGN_OR_RETURN(noise.wanted_, noise.answers(noise.scored_));
  noise.power_ = sum_of_squares(noise.wanted_);
  return noise;
}

Result<std::vector<float>> OutputNoise::answers(const Graph& graph) const {
  const ValueId output = graph.outputs[0];
  std::vector<bool> watched(graph.values.size());
  watched[output.index] = true;
  PAW_ASSIGN_OR_RETURN(RangeMeter meter, RangeMeter::create(graph, threads_, {.watched = std::move(watched)}));
  std::vector<float> all;
  for (std::int64_t i = 0; i < examples_; ++i) {
    std::ranges::copy(set_->example(i * set_->size() / examples_), meter.input(0).begin());
    PAW_RETURN_IF_ERROR(meter.run());
    const auto numbers = meter.last(output);
    const double mean = std::accumulate(numbers.begin(), numbers.end(), 0.0) /
                        static_cast<double>(std::max<std::size_t>(1, numbers.size()));
    const float center = numbers.size() > 1 ? static_cast<float>(mean) : 0;
    for (const float v : numbers) all.push_back(v - center);
  }
  return all;
}

Result<double> OutputNoise::of(const Graph& changed) const {
  PAW_ASSIGN_OR_RETURN(std::vector<float> got, answers(changed));
  if (got.size() != wanted_.size()) return fail(ErrorCode::kInternal, "quantize", "a changed graph answers otherwise");
  for (std::size_t i = 0; i < got.size(); ++i) got[i] -= wanted_[i];
  const double distance = sum_of_squares(got) - power_of_means(got, static_cast<std::size_t>(examples_));
  return power_ > 0 ? distance / power_ : distance;
}

}  // namespace paw
