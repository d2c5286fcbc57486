#include "train/evaluate.h"

#include <algorithm>
#include <cmath>

#include "ir/batch.h"
#include "lower/lower.h"
#include "runtime/executor.h"
#include "train/calibration.h"
#include "train/loader.h"

namespace paw {

namespace {

// -sum target log(score). Scores are probabilities; log 0 is bounded as in float32.
double cross_entropy(std::span<const float> scores, std::span<const float> target) {
  double loss = 0;
  for (std::size_t c = 0; c < scores.size(); ++c) {
    if (target[c] > 0) loss -= target[c] * std::log(std::max(static_cast<double>(scores[c]), 1e-38));
  }
  return loss;
}

}  // namespace

Status run_examples(const Graph& graph, const ExampleSource& source, std::int64_t classes, const RunSettings& settings,
                    const RunSink& sink) {
  const std::int64_t count = source.size();
  if (count == 0) return {};
  const std::int64_t batch = std::clamp<std::int64_t>(settings.batch, 1, count);
  PAW_ASSIGN_OR_RETURN(const Graph batched, with_batch(graph, batch));
  PAW_ASSIGN_OR_RETURN(const Bytes file, lower(batched));
  PAW_ASSIGN_OR_RETURN(const Plan plan, Plan::load(file, "the model's plan"));
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  Executor executor(plan, isa, settings.threads);
  ThreadPool pool(settings.threads);
  const auto elements = [&](ValueId id) { return static_cast<std::size_t>(batched.type(id).shape.elements()); };
  const std::span input(static_cast<float*>(executor.input(0)), elements(batched.inputs[0]));
  const std::span output(static_cast<const float*>(executor.output(0)), elements(batched.outputs[0]));
  std::vector<float> targets(static_cast<std::size_t>(batch * classes));
  std::vector<std::int64_t> indices(static_cast<std::size_t>(batch));
  for (std::int64_t first = 0; first < count; first += batch) {
    // The last batch is filled up with its own first example.
    for (std::int64_t i = 0; i < batch; ++i)
      indices[static_cast<std::size_t>(i)] = first + i < count ? first + i : first;
    PAW_RETURN_IF_ERROR(load_batch(source, indices, settings.epoch, input, targets, pool));
    executor.run();
    const auto real = static_cast<std::size_t>(std::min(batch, count - first));
    const auto take = [&](std::span<const float> all) {
      return all.first(all.size() / static_cast<std::size_t>(batch) * real);
    };
    PAW_RETURN_IF_ERROR(sink(first, take(output), take(targets)));
  }
  return {};
}

Result<Evaluation> evaluate(const Model& model, const ExampleSource& source, const RunSettings& settings,
                            const std::function<void(std::int64_t done)>& progress) {
  Evaluation total;
  const Shape& scores_shape = model.graph.type(model.graph.outputs[0]).shape;
  total.classes = scores_shape[scores_shape.rank() - 1];
  const auto classes = static_cast<std::size_t>(total.classes);
  const auto sink = [&](std::int64_t, std::span<const float> outputs, std::span<const float> targets) -> Status {
    for (std::size_t at = 0; at < outputs.size(); at += classes) {
      const auto target = targets.subspan(at, classes);
      total.scores.insert(total.scores.end(), outputs.begin() + static_cast<std::ptrdiff_t>(at),
                          outputs.begin() + static_cast<std::ptrdiff_t>(at + classes));
      const auto scores = std::span(total.scores).last(classes);
      apply_temperature(scores, model.temperature);
      total.loss += cross_entropy(scores, target);
      total.predicted.push_back(best_class(scores));
      total.expected.push_back(best_class(target));
      total.accuracy += total.predicted.back() == total.expected.back() ? 1 : 0;
    }
    if (progress) progress(std::ssize(total.predicted));
    return {};
  };
  PAW_RETURN_IF_ERROR(run_examples(model.graph, source, total.classes, settings, sink));
  const auto count = static_cast<double>(std::max<std::int64_t>(source.size(), 1));
  total.loss /= count;
  total.accuracy /= count;
  return total;
}

}  // namespace paw
