#include "ir/pass.h"

#include <algorithm>
#include <chrono>

#include "ir/verify.h"

namespace paw {

namespace {

Error named(std::string_view pass, const Error& error) {
  return {ErrorCode::kInternal, "pass " + std::string(pass), error.text(),
          "this is a bug of paw: please report the model's `paw dump`"};
}

}  // namespace

Result<bool> run_pass(Graph& graph, const Pass& pass, const Target& target) {
  Result<bool> changed = pass.run(graph, target);
  if (!changed) return std::unexpected(named(pass.name, changed.error()));
  if (*changed) {
    if (Status valid = verify(graph); !valid) return std::unexpected(named(pass.name, valid.error()));
  }
  return changed;
}

Status run_pipeline(Graph& graph, const Pipeline& pipeline, const Target& target, const TraceFn& trace,
                    std::string_view stop_after) {
  using Clock = std::chrono::steady_clock;
  std::vector<std::string_view> done;
  for (const PipelineStep& step : pipeline.steps) {
    for (const std::string_view needed : step.after) {
      if (std::ranges::find(done, needed) == done.end()) {
        return fail(ErrorCode::kInternal, "pipeline " + std::string(pipeline.name),
                    std::string(step.pass->name) + " must run after " + std::string(needed));
      }
    }
    PassTrace entry{.pass = step.pass->name, .nodes_before = graph.nodes.size()};
    const auto start = Clock::now();
    PAW_ASSIGN_OR_RETURN(entry.changed, run_pass(graph, *step.pass, target));
    entry.milliseconds = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
    entry.nodes_after = graph.nodes.size();
    if (trace) trace(entry, graph);
    done.push_back(step.pass->name);
    if (!stop_after.empty() && step.pass->name == stop_after) return {};
  }
  if (stop_after.empty()) return {};
  return fail(ErrorCode::kUsage, "pipeline " + std::string(pipeline.name),
              "has no pass named '" + std::string(stop_after) + "'");
}

}  // namespace paw
