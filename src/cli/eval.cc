#include "pipeline/eval.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"

namespace paw {

namespace {

class EvalCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "a model file", .target = &settings_.model, .required = true},
        {.name = "PHOTOS", .help = "a folder with one folder per class", .target = &settings_.photos, .required = true},
        {.name = "--split",
         .metavar = "S",
         .help = "the photos to take (default: auto)",
         .target = &settings_.split,
         .choices = eval_split_names()},
        {.name = "--worst", .metavar = "N", .help = "mistakes to list (default: 10)", .target = &settings_.worst},
        {.name = "--threads", .metavar = "N", .help = "default: all processors", .target = &settings_.threads},
    };
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const EvalResult result, eval_model(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  EvalSettings settings_;
};

}  // namespace

extern const Verb kEvalVerb;
constinit const Verb kEvalVerb{
    .name = "eval",
    .summary = "measure how good a model is on photos",
    .details =
        "Runs the model on every photo and compares its answers with the class folders: accuracy with its 95 %\n"
        "interval, precision, recall and F1 of each class, who is taken for whom, how honest the scores are, how\n"
        "many answers are \"not sure\", and the worst mistakes. A photo that the model has seen is recognised by its\n"
        "content. --split auto leaves out what it was trained or tuned on; train, val and test take the photos it was\n"
        "trained, tuned or tested on and, of photos it does not know, those in a folder of that name; all takes all.",
    .example = "  paw eval run/model.paw photos\n",
    .make = make_command<EvalCommand>,
};

}  // namespace paw
