// How far a changed graph's answers are from those of the graph that it was made of.
#pragma once

#include <vector>

#include "ir/graph.h"
#include "optimize/calibration.h"

namespace paw {

// A net's answers: what the softmax that it ends in reads, or what it puts out first where there is none.
ValueId answers_of(const Graph& graph);

class OutputNoise {
 public:
  // On `examples` of the set at most, spread evenly over it, which must outlive this; answers are
  // those of answers_of(). Errors: those of RangeMeter.
  static Result<OutputNoise> create(const Graph& graph, const CalibrationSet& set, std::int64_t examples, int threads);

  // The graph, with these answers as its first output before its own ones: what graphs for of() are made of. Values and
  // nodes have the ids that they have in the graph.
  const Graph& scored() const { return scored_; }

  // Mean squared distance of the changed graph's first output, over the mean square of the answers. Both about the mean
  // of each example's numbers, which a softmax does not see; and without what each number is off on average over the
  // examples, which biases correct. Noise of small independent changes adds up.
  Result<double> of(const Graph& changed) const;

 private:
  OutputNoise(const CalibrationSet& set, int threads) : set_(&set), threads_(threads) {}
  // The first output for each example, about its mean.
  Result<std::vector<float>> answers(const Graph& graph) const;

  const CalibrationSet* set_;
  int threads_;
  std::int64_t examples_ = 0;
  Graph scored_;
  std::vector<float> wanted_;
  double power_ = 0;
};

}  // namespace paw
