// What a graph gives for examples, and how good a model's answers are.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "ir/model.h"
#include "train/data.h"

namespace paw {

struct RunSettings {
  std::int64_t epoch = 0;   // that examples are asked for
  std::int64_t batch = 32;  // at most the number of examples
  int threads = 1;
};

// Told of each batch: the graph's first output for the examples from `first` on, and their targets.
using RunSink =
    std::function<Status(std::int64_t first, std::span<const float> outputs, std::span<const float> targets)>;

// Runs every example through the engine, in order. The graph has one input and is made for any batch (with_batch).
// `classes`: of the targets; 0: none are wanted. Error: of lowering, of an example, or of the sink.
Status run_examples(const Graph& graph, const ExampleSource& source, std::int64_t classes, const RunSettings& settings,
                    const RunSink& sink);

struct Evaluation {
  double loss = 0;      // mean cross-entropy
  double accuracy = 0;  // share of examples whose most probable class is the target's
  std::int64_t classes = 0;
  std::vector<float> scores;                      // [examples][classes], at the model's temperature
  std::vector<std::int64_t> predicted, expected;  // per example
};

// `progress` is told how many examples are done.
Result<Evaluation> evaluate(const Model& model, const ExampleSource& source, const RunSettings& settings,
                            const std::function<void(std::int64_t done)>& progress = {});

}  // namespace paw
