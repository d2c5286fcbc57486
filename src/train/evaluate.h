// What a graph gives for examples, and how good a model's answers are.
#pragma once

#include <functional>
#include <vector>

#include "ir/model.h"
#include "train/data.h"

namespace paw {

struct RunSettings {
  std::int64_t epoch = 0;   // that examples are asked for
  std::int64_t batch = 32;  // at most the number of examples
  int threads = 1;
  std::function<void(std::int64_t done)> progress = {};  // told after each batch
};

// The first output for every example, and its target: [examples][outputs], [examples][classes].
struct RunResult {
  std::vector<float> outputs, targets;
};

// Runs every example through the engine. The graph has one input and is made for any batch (with_batch). `classes`: of
// the targets. Error: of lowering, or of an example.
Result<RunResult> run_examples(const Graph& graph, const ExampleSource& source, std::int64_t classes,
                               const RunSettings& settings);

struct Evaluation {
  double loss = 0;      // mean cross-entropy
  double accuracy = 0;  // share of examples whose most probable class is the target's
  std::int64_t classes = 0;
  std::vector<float> scores;                      // [examples][classes], the model's output
  std::vector<std::int64_t> predicted, expected;  // per example
};

Result<Evaluation> evaluate(const Model& model, const ExampleSource& source, const RunSettings& settings);

}  // namespace paw
