#include "pipeline/predict.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"

namespace paw {

namespace {

class PredictCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "a model file", .target = &settings_.model, .required = true},
        {.name = "IMAGE", .help = "photos; - is standard input", .target = &settings_.images, .required = true},
        {.name = "--top", .metavar = "N", .help = "classes to show (default: 5)", .target = &settings_.top},
        {.name = "--trace",
         .help = "show the three layers: preprocess, inference op by op, post-process",
         .target = &settings_.trace},
        {.name = "--threads", .metavar = "N", .help = "threads (default: 1)", .target = &settings_.threads},
    };
  }

  Status run(const CommonOptions& common) override {
    PAW_ASSIGN_OR_RETURN(const PredictResult result, predict(settings_));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  PredictSettings settings_;
};

}  // namespace

extern const Verb kPredictVerb;
constinit const Verb kPredictVerb{
    .name = "predict",
    .summary = "say what a model sees in photos",
    .details =
        "Decodes each photo (JPEG, PNG, WebP, BMP, GIF, HEIC), prepares it as the model's own preprocessing says, runs "
        "the\n"
        "model and shows the classes with their scores. \"not sure\" stands before scores below the model's threshold.",
    .example =
        "  $ paw predict model.paw rex.jpg --top 2\n"
        "  dog 0.92, cat 0.08\n",
    .make = make_command<PredictCommand>,
};

}  // namespace paw
