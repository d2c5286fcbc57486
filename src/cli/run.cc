#include "pipeline/run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/suggestions.h"
#include "host/process.h"
#include "host/text.h"

namespace paw {

namespace {

class RunCommand final : public Command {
 public:
  RunCommand() { settings_.train.out = "paw-run"; }

  std::vector<Flag> flags() override {
    TrainPhotosSettings& train = settings_.train;
    return {
        {.name = "PHOTOS", .help = "a folder with one folder per class", .target = &train.photos, .required = true},
        {.name = "-o", .metavar = "RUN", .help = "the run folder to make (default: paw-run)", .target = &train.out},
        {.name = "--net",
         .metavar = "NAME",
         .help = "a built-in net, from scratch",
         .target = &train.net,
         .suggestions = net_names()},
        {.name = "--backbone",
         .metavar = "NAME|MODEL|none",
         .help = "a pretrained net, or a model file, under a new classifier (default: efficientnet-lite0)",
         .target = &train.backbone,
         .suggestions = backbone_names()},
        {.name = "--epochs", .metavar = "N", .help = "default: 10", .target = &train.epochs},
        {.name = "--fine-tune", .help = "then train the whole net, gently", .target = &train.fine_tune},
        {.name = "--size", .metavar = "S", .help = "input size, with --net", .target = &train.size},
        {.name = "--max-drop",
         .metavar = "D",
         .help = "the most accuracy that smaller files may cost (default: 0.01)",
         .target = &settings_.max_drop},
        {.name = "--effort",
         .metavar = "E",
         .help = "of making smaller files: quick (default), or full, which fine-tunes too",
         .target = &settings_.effort,
         .choices = {"quick", "full"}},
        {.name = "--name",
         .metavar = "NAME",
         .help = "of the apps, as people see it (default: the labels)",
         .target = &settings_.name},
        {.name = "--golden",
         .metavar = "G",
         .help = "test photos inside the apps: drawn (default), or some of your photos",
         .target = &settings_.golden,
         .choices = {"photos", "drawn"}},
        {.name = "--seed", .metavar = "N", .help = "default: 0", .target = &train.seed},
        {.name = "--threads", .metavar = "N", .help = "default: all processors", .target = &train.threads},
        {.name = "--reproducible",
         .help = "leave out times, and where and when: the same bytes anywhere",
         .target = &settings_.reproducible},
        {.name = "--resume", .help = "go on with a run that was stopped", .target = &train.resume},
        {.name = "--force", .help = "replace an earlier run", .target = &train.force},
    };
  }

  Status run(const CommonOptions& common) override {
    end_when_interrupted(
        fmt::format("paw: interrupted; the same command with --resume goes on in {}", printable(settings_.train.out)));
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const RunPhotosResult result, run_photos(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  RunPhotosSettings settings_;
};

}  // namespace

extern const Verb kRunVerb;
constinit const Verb kRunVerb{
    .name = "run",
    .summary = "the whole job: photos to apps, stage by stage",
    .details =
        "Checks the photos and trains a model on them, writes it as .tflite, .mlmodel and .mlpackage, finds the "
        "smallest\n"
        "file within --max-drop, makes the apps, and predicts photos that were held out with every file. All of it "
        "stands\n"
        "in RUN; run.json there says what was done (docs/run-json.md). Stopped anywhere, it goes on with --resume.",
    .example = "  paw run photos -o run --name \"Cat or Dog\"\n",
    .make = make_command<RunCommand>,
};

}  // namespace paw
