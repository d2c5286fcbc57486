#include "pipeline/dump.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/suggestions.h"

namespace paw {

namespace {

Json trace_json(const PassTrace& entry) {
  return {{"pass", entry.pass},
          {"changed", entry.changed},
          {"ms", entry.milliseconds},
          {"nodes_before", entry.nodes_before},
          {"nodes_after", entry.nodes_after}};
}

class DumpCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "a model file", .target = &settings_.source.path},
        {.name = "--net",
         .metavar = "NAME",
         .help = "a built-in net instead of a file",
         .target = &settings_.source.net,
         .suggestions = net_names()},
        {.name = "--after",
         .metavar = "PASS",
         .help = "run the pipeline up to this pass first",
         .target = &settings_.after,
         .suggestions = pass_names()},
        {.name = "--pipeline",
         .metavar = "NAME",
         .help = "the pipeline to run: simplify, train or deploy",
         .target = &settings_.pipeline,
         .suggestions = pipeline_names()},
        {.name = "--trace-passes", .help = "show each pass with its time on stderr", .target = &trace_},
        {.name = "--weights", .help = "print every weight (long)", .target = &settings_.weights},
    };
  }

  Status run(const CommonOptions& common) override {
    if (trace_ && settings_.pipeline.empty() && settings_.after.empty()) settings_.pipeline = "deploy";
    PAW_ASSIGN_OR_RETURN(const Dump dump, dump_model(settings_));
    if (common.json) {
      Json passes = Json::array();
      for (const PassTrace& entry : dump.trace) passes.push_back(trace_json(entry));
      return print_json(Json{{"model", settings_.source.name()}, {"graph", dump.text}, {"passes", passes}});
    }
    for (const PassTrace& entry : dump.trace) {
      if (!trace_) break;
      fmt::print(stderr, "{:<34} {:>8.2f} ms  {:>5} -> {:<5} nodes{}\n", entry.pass, entry.milliseconds,
                 entry.nodes_before, entry.nodes_after, entry.changed ? "" : "  (no change)");
    }
    return print(dump.text);
  }

 private:
  DumpSettings settings_;
  bool trace_ = false;
};

}  // namespace

extern const Verb kDumpVerb;
constinit const Verb kDumpVerb{
    .name = "dump",
    .summary = "print a model's graph in its text form",
    .details =
        "Prints the graph of a model, one node per line, as it is or after the passes of a pipeline.\n"
        "Long constants are elided unless --weights is given.",
    .example = "  paw dump --net pawnet --after fold_batch_norm\n",
    .make = make_command<DumpCommand>};

}  // namespace paw
