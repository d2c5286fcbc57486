// A model's answers to examples, and how good they are.
#pragma once

#include <vector>

#include "ir/model.h"
#include "train/data.h"

namespace paw {

struct Evaluation {
  double loss = 0;      // mean cross-entropy
  double accuracy = 0;  // share of examples whose most probable class is the target's
  std::int64_t classes = 0;
  std::vector<float> scores;                      // [examples][classes], the model's output
  std::vector<std::int64_t> predicted, expected;  // per example
};

// Runs every example (as of epoch 0) through the engine, `batch` at a time. Error: of lowering, or of an example.
Result<Evaluation> evaluate(const Model& model, const ExampleSource& source, std::int64_t batch, int threads);

}  // namespace paw
