// Passes and pipelines: named graph rewrites, run in a stated order, traced and checked after each step.
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "ir/graph.h"

namespace paw {

// What a graph is being prepared for; passes that do not care ignore it.
struct Target {
  std::string_view name = "generic";
};

struct Pass {
  std::string_view name;
  std::string_view summary;
  // True when the graph changed. On failure the graph is left as it was.
  Result<bool> (*run)(Graph& graph, const Target& target);
};

// One step of a pipeline, why it is there, and which passes must have run before it (checked by a test and by
// run_pipeline).
struct PipelineStep {
  const Pass* pass;
  std::string_view reason;
  std::span<const std::string_view> after = {};
};
struct Pipeline {
  std::string_view name;
  std::string_view summary;
  std::span<const PipelineStep> steps;
};

struct PassTrace {
  std::string_view pass;
  bool changed = false;
  double milliseconds = 0;
  std::size_t nodes_before = 0, nodes_after = 0;
};
using TraceFn = std::function<void(const PassTrace&, const Graph&)>;

// Runs the steps in order and verifies after each that changed something; a pass that leaves an invalid graph
// fails by its name. Stops after the pass named `stop_after` when given.
Status run_pipeline(Graph& graph, const Pipeline& pipeline, const Target& target = {}, const TraceFn& trace = {},
                    std::string_view stop_after = {});
// The same check and naming for a single pass.
Result<bool> run_pass(Graph& graph, const Pass& pass, const Target& target = {});

}  // namespace paw
