#include "pipeline/dump.h"

#include <fmt/format.h>

#include "base/nearest.h"
#include "host/text.h"
#include "ir/text.h"
#include "passes/passes.h"

namespace paw {

namespace {

// Constants up to this many elements are printed in full unless --weights asks for all.
constexpr std::size_t kShortConstant = 16;

std::unexpected<Error> unknown(const char* what, const std::string& name, std::span<const std::string_view> names) {
  const std::string hint = did_you_mean(name, names);
  return fail(ErrorCode::kUsage, "paw dump", fmt::format("unknown {} '{}'", what, printable(name)),
              hint.empty() ? fmt::format("known: {}", fmt::join(names, ", ")) : hint);
}

Result<const Pipeline*> choose_pipeline(const DumpSettings& settings) {
  const std::string name = settings.pipeline.empty() ? "deploy" : settings.pipeline;
  const Pipeline* pipeline = find_pipeline(name);
  if (pipeline == nullptr) {
    std::vector<std::string_view> names;
    for (const Pipeline& p : all_pipelines()) names.push_back(p.name);
    return unknown("pipeline", name, names);
  }
  if (settings.after.empty()) return pipeline;
  std::vector<std::string_view> passes;
  for (const PipelineStep& step : pipeline->steps) {
    if (step.pass->name == settings.after) return pipeline;
    passes.push_back(step.pass->name);
  }
  return unknown("pass", settings.after, passes);
}

}  // namespace

Result<Dump> dump_model(const DumpSettings& settings) {
  const Pipeline* pipeline = nullptr;
  if (!settings.pipeline.empty() || !settings.after.empty()) {
    PAW_ASSIGN_OR_RETURN(pipeline, choose_pipeline(settings));
  }
  // Folding weights that are all zero would fold the net away: a net to be rewritten gets random ones.
  PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model(settings.source, pipeline != nullptr));
  Dump dump;
  if (pipeline != nullptr) {
    const TraceFn trace = [&](const PassTrace& entry, const Graph&) { dump.trace.push_back(entry); };
    PAW_RETURN_IF_ERROR(run_pipeline(loaded.model.graph, *pipeline, {}, trace, settings.after));
  }
  PrintOptions options;
  if (!settings.weights) options.max_dense = kShortConstant;
  dump.text = print_graph(loaded.model.graph, options);
  return dump;
}

}  // namespace paw
