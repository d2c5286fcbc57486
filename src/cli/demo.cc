#include "pipeline/demo.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "host/process.h"
#include "host/text.h"

namespace paw {

namespace {

class DemoCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    TrainPhotosSettings& train = settings_.run.train;
    return {
        {.name = "-o", .metavar = "RUN", .help = "the run folder (default: paw-demo)", .target = &train.out},
        {.name = "--count", .metavar = "N", .help = "pictures to draw (default: 1000)", .target = &settings_.count},
        {.name = "--size", .metavar = "S", .help = "their side in pixels (default: 224)", .target = &settings_.size},
        {.name = "--epochs", .metavar = "N", .help = "default: 10", .target = &train.epochs},
        {.name = "--threads", .metavar = "N", .help = "default: all processors", .target = &train.threads},
        {.name = "--reproducible",
         .help = "leave out times, and where and when: the same bytes anywhere",
         .target = &settings_.run.reproducible},
        {.name = "--resume", .help = "go on with a run that was stopped", .target = &train.resume},
        {.name = "--force", .help = "replace an earlier run", .target = &train.force},
    };
  }

  Status run(const CommonOptions& common) override {
    end_when_interrupted(fmt::format("paw: interrupted; the same command with --resume goes on in {}",
                                     printable(settings_.run.train.out)));
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const RunPhotosResult result, run_demo(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  DemoSettings settings_;
};

}  // namespace

extern const Verb kDemoVerb;
constinit const Verb kDemoVerb{
    .name = "demo",
    .summary = "the whole job on drawn cats and dogs",
    .details =
        "Draws 1,000 cats and dogs and does with them what `paw run` does with photos: trains pawnet from scratch,\n"
        "writes its files for phones and smaller ones, makes the apps, and predicts pictures that were held out.\n"
        "Where the pretrained backbone is at hand it also trains that on the same pictures, to compare.",
    .example = "  paw demo -o my-run\n",
    .make = make_command<DemoCommand>};

}  // namespace paw
