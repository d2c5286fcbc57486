#include "pipeline/train.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/suggestions.h"
#include "host/process.h"
#include "host/text.h"

namespace paw {

namespace {

class TrainCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "PHOTOS", .help = "a folder with one folder per class", .target = &settings_.photos, .required = true},
        {.name = "-o", .metavar = "RUN", .help = "the run folder to make", .target = &settings_.out, .required = true},
        {.name = "--net",
         .metavar = "NAME",
         .help = "a built-in net, from scratch",
         .target = &settings_.net,
         .suggestions = net_names()},
        {.name = "--backbone",
         .metavar = "NAME|MODEL|none",
         .help = "a pretrained net, or a model file, under a new classifier (default: efficientnet-lite0)",
         .target = &settings_.backbone,
         .suggestions = backbone_names()},
        {.name = "--epochs", .metavar = "N", .help = "default: 10", .target = &settings_.epochs},
        {.name = "--fine-tune", .help = "then train the whole net, gently", .target = &settings_.fine_tune},
        {.name = "--fine-tune-epochs",
         .metavar = "N",
         .help = fmt::format("default: {}", settings_.fine_tune_epochs),
         .target = &settings_.fine_tune_epochs},
        {.name = "--batch", .metavar = "N", .help = "photos per step (default: 32)", .target = &settings_.batch},
        {.name = "--size",
         .metavar = "S",
         .help = "input size, with --net (default: the net's own)",
         .target = &settings_.size},
        {.name = "--geometry",
         .metavar = "G",
         .help = "how photos become square (default: as the net was published, mostly crop)",
         .target = &settings_.geometry,
         .choices = {"crop", "stretch", "fit"}},
        {.name = "--learning-rate",
         .metavar = "R",
         .help = "its peak (default: 0.001 for a classifier, 0.002 from scratch)",
         .target = &settings_.learning_rate},
        {.name = "--class-weights",
         .metavar = "W",
         .help = "balanced: every class counts the same, however many photos it has (default: none)",
         .target = &settings_.class_weights,
         .choices = {"none", "balanced"}},
        {.name = "--patience",
         .metavar = "N",
         .help = "stop after N epochs without a lower validation loss (default: never)",
         .target = &settings_.patience},
        {.name = "--mixup",
         .metavar = "A",
         .help = "mix the photos of a batch in pairs, such as 0.2 (default: 0, not at all)",
         .target = &settings_.mixup},
        {.name = "--cutmix",
         .metavar = "A",
         .help = "put rectangles of other photos into them, such as 1 (default: 0, not at all)",
         .target = &settings_.cutmix},
        {.name = "--ema",
         .metavar = "D",
         .help = "average the weights over steps, keeping D of the old average (default: 0, none)",
         .target = &settings_.ema},
        {.name = "--seed", .metavar = "N", .help = "default: 0", .target = &settings_.seed},
        {.name = "--threads", .metavar = "N", .help = "default: all processors", .target = &settings_.threads},
        {.name = "--resume", .help = "go on with an interrupted run, from its last epoch", .target = &settings_.resume},
        {.name = "--force", .help = "overwrite an earlier run", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    end_when_interrupted(
        fmt::format("paw: interrupted; the same command with --resume goes on from the last epoch in {}",
                    printable(settings_.out)));
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const TrainPhotosResult result, train_photos(settings_, progress, show_on(progress)));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  TrainPhotosSettings settings_;
};

}  // namespace

extern const Verb kTrainVerb;
constinit const Verb kTrainVerb{
    .name = "train",
    .summary = "learn from a folder of photos",
    .details =
        "Checks and splits the photos (80 % training, 10 % validation, 10 % test), trains, keeps the epoch with the "
        "least\n"
        "validation loss, writes RUN/model.paw and tests the file as it was written. With a pretrained backbone at "
        "hand its\n"
        "features are computed once and a new classifier is trained on them; else pawnet is trained from scratch.",
    .example = "  paw train photos -o run\n",
    .make = make_command<TrainCommand>,
};

}  // namespace paw
