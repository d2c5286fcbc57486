#include "pipeline/demo.h"

#include <fmt/format.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "host/text.h"

namespace paw {

namespace {

class DemoCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "-o", .metavar = "RUN", .help = "the run folder (default: paw-demo)", .target = &settings_.out},
        {.name = "--force", .help = "replace what is there", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    const auto say = [&](const std::string& line) {
      if (common.quiet) return;
      if (common.json) {
        fmt::print(stderr, "{}\n", to_text(Json{{"progress", line}}));
      } else {
        fmt::print(stderr, "paw: {}\n", printable(line));
      }
    };
    PAW_ASSIGN_OR_RETURN(const DemoResult r, run_demo(settings_, say));
    if (common.json) return print_json(to_json(r));
    return print(
        fmt::format("pawnet: {} parameters, {} MACs, {} nodes, {} after the deploy passes\n"
                    "{}: {}, opened again: same scores (largest difference {:.1e}), deployed: {:.1e}\n"
                    "untrained, on a test card: cat {:.4f}, dog {:.4f}\n"
                    "next stages, not built yet: draw photos, train, convert, optimise, apps, report\n",
                    human_count(static_cast<std::uint64_t>(r.parameters)),
                    human_count(static_cast<std::uint64_t>(r.macs)), r.nodes, r.nodes_deployed, printable(r.model),
                    human_bytes(r.bytes), r.reopened_difference, r.deployed_difference, r.scores[0], r.scores[1]));
  }

 private:
  DemoSettings settings_;
};

}  // namespace

extern const Verb kDemoVerb;
constinit const Verb kDemoVerb{
    .name = "demo",
    .summary = "run the whole job on an embedded default, as far as it exists",
    .details =
        "Builds pawnet, writes it as a .paw file, opens the file again, rewrites the graph for deployment and\n"
        "checks that every form answers alike. Later stages join as they are built.",
    .example = "  paw demo -o my-run\n",
    .make = make_command<DemoCommand>};

}  // namespace paw
