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
        {.name = "--trace-images",
         .metavar = "DIR",
         .help = "--trace, with a picture of what each layer makes of the photo",
         .target = &settings_.trace_images},
        {.name = "--threads", .metavar = "N", .help = "threads (default: 1)", .target = &settings_.threads},
        {.name = "--force", .help = "write the pictures into DIR when it is there", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    PAW_ASSIGN_OR_RETURN(const PredictResult result, predict(settings_));
    if (const Error* error = result.first_error()) exit_ = exit_code(error->code);
    if (common.json) return print_json(to_json(result));
    for (const PhotoAnswer& answer : result.images) {
      if (answer.error) print_error(*answer.error);
    }
    return print(to_text(result));
  }

  int exit_when_done() const override { return exit_; }

 private:
  PredictSettings settings_;
  int exit_ = 0;
};

}  // namespace

extern const Verb kPredictVerb;
constinit const Verb kPredictVerb{
    .name = "predict",
    .summary = "say what a model sees in photos",
    .details =
        "Decodes each photo (JPEG, PNG, WebP, BMP, GIF, HEIC), prepares it as the model's own preprocessing says, "
        "runs\n"
        "the model and shows the classes with their scores. \"not sure\" stands before scores below the model's\n"
        "threshold. Of several photos each has its own answer or error; the exit code is that of the first error.\n"
        "--trace-images writes DIR/000_input.png, the picture that the model sees, and one picture per layer with up "
        "to\n"
        "64 of its channels side by side, each from its own least value (dark) to its greatest (bright); of several\n"
        "photos each has its own folder in DIR.",
    .example =
        "  $ paw predict model.paw rex.jpg --top 2\n"
        "  dog 0.92, cat 0.08\n",
    .make = make_command<PredictCommand>,
};

}  // namespace paw
