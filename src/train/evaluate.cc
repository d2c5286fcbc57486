#include "train/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "ir/batch.h"
#include "lower/lower.h"
#include "runtime/executor.h"
#include "train/loader.h"

namespace paw {

namespace {

std::int64_t best_of(std::span<const float> scores) { return std::ranges::max_element(scores) - scores.begin(); }

// -sum target log(score). Scores are probabilities; log 0 is bounded as in float32.
double cross_entropy(std::span<const float> scores, std::span<const float> target) {
  double loss = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (target[c] > 0) loss -= target[c] * std::log(std::max(static_cast<double>(scores[c]), 1e-38));
  }
  return loss;
}

void add_example(Evaluation& total, std::span<const float> scores, std::span<const float> target) {
  total.loss += cross_entropy(scores, target);
  total.predicted.push_back(best_of(scores));
  total.expected.push_back(best_of(target));
  total.accuracy += total.predicted.back() == total.expected.back() ? 1 : 0;
  total.scores.insert(total.scores.end(), scores.begin(), scores.end());
}

}  // namespace

Result<Evaluation> evaluate(const Model& model, const ExampleSource& source, std::int64_t batch, int threads) {
  batch = std::clamp<std::int64_t>(batch, 1, std::max<std::int64_t>(source.size(), 1));
  PAW_ASSIGN_OR_RETURN(const Graph graph, with_batch(model.graph, batch));
  PAW_ASSIGN_OR_RETURN(const Bytes file, lower(graph));
  PAW_ASSIGN_OR_RETURN(const Plan plan, Plan::load(file, "the model's plan"));
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  Executor executor(plan, isa, threads);
  ThreadPool pool(threads);
  Evaluation total;
  total.classes = graph.type(graph.outputs[0]).shape.elements() / batch;
  const auto classes = static_cast<std::size_t>(total.classes), rows = static_cast<std::size_t>(batch);
  const auto inputs = static_cast<std::size_t>(graph.type(graph.inputs[0]).shape.elements());
  std::vector<float> targets(rows * classes);
  std::vector<std::int64_t> indices(rows);
  for (std::int64_t first = 0; first < source.size(); first += batch) {
    // The last batch is filled up with its own first example.
    for (std::int64_t i = 0; i < batch; ++i) {
      indices[static_cast<std::size_t>(i)] = first + i < source.size() ? first + i : first;
    }
    PAW_RETURN_IF_ERROR(
        load_batch(source, indices, 0, {static_cast<float*>(executor.input(0)), inputs}, targets, pool));
    executor.run();
    const std::span scores(static_cast<const float*>(executor.output(0)), rows * classes);
    for (std::int64_t i = 0; i < batch && first + i < source.size(); ++i) {
      const std::size_t at = static_cast<std::size_t>(i) * classes;
      add_example(total, scores.subspan(at, classes), std::span<const float>(targets).subspan(at, classes));
    }
  }
  const auto count = static_cast<double>(std::max<std::int64_t>(source.size(), 1));
  total.loss /= count;
  total.accuracy /= count;
  return total;
}

}  // namespace paw
