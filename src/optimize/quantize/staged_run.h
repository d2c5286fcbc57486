// A graph run node by node over many examples at once, so that a node can be changed after what it reads is known and
// before what it makes is.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "ir/graph.h"
#include "optimize/calibration.h"
#include "optimize/quantize/progress.h"

namespace paw {

// How many of `wanted` examples two runs of the graph at once can hold; at least 1.
std::int64_t affordable_examples(const Graph& graph, std::int64_t wanted);

class StagedRun {
 public:
  // Of `examples` of the set, spread evenly over it. The graph has one float32 input; it may be changed meanwhile,
  // nodes that were run aside, and must outlive this. Memory: what lives between two nodes, for all examples.
  StagedRun(const Graph& graph, const CalibrationSet& set, std::int64_t examples, int threads);
  ~StagedRun();
  StagedRun(StagedRun&&) noexcept;

  std::int64_t examples() const;
  // The nodes before `end` that were not run yet, in order. What nothing reads any more is forgotten. Error
  // kUnsupported: a node that the engine does not run.
  Status run_until(NodeId end);
  // Real numbers of a value that is known and still read by a node that was not run.
  void read(ValueId value, std::int64_t example, std::vector<float>& out) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

struct LayerWalk {
  std::string_view stage;  // what progress is told
  std::int64_t examples = 128;
  int threads = 1;
};

// What becomes of a layer: `layer` of the graph that changes, `original` of the float graph that it was made of.
// `inputs` knows what the one reads, the layers before it being as they were left; `targets` what the other puts out.
using LayerVisit =
    std::function<Status(NodeId layer, NodeId original, const StagedRun& inputs, const StagedRun& targets)>;

// Visits the layers (layers.h) of both graphs in order; they have the same ones. The result is verified.
Status walk_layers(Graph& changing, const Graph& graph, const CalibrationSet& examples, const LayerWalk& walk,
                   const QuantiseProgress& progress, const LayerVisit& visit);

}  // namespace paw
