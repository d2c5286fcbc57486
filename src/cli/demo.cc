#include "pipeline/demo.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"

namespace paw {

namespace {

class DemoCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "-o", .metavar = "RUN", .help = "the run folder (default: paw-demo)", .target = &settings_.out},
        {.name = "--count", .metavar = "N", .help = "pictures to draw (default: 1000)", .target = &settings_.count},
        {.name = "--size", .metavar = "S", .help = "their side in pixels (default: 224)", .target = &settings_.size},
        {.name = "--epochs", .metavar = "N", .help = "default: 10", .target = &settings_.epochs},
        {.name = "--threads", .metavar = "N", .help = "default: all processors", .target = &settings_.threads},
        {.name = "--force", .help = "replace an earlier run", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const DemoResult result, run_demo(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
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
        "Draws 1,000 cats and dogs, trains pawnet on them from scratch, tests the model file as it was written,\n"
        "writes it for phones in RUN/exports, as it is and made small, and predicts held-out pictures. Later stages "
        "join as they are built.",
    .example = "  paw demo -o my-run\n",
    .make = make_command<DemoCommand>};

}  // namespace paw
