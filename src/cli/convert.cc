#include "pipeline/convert.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/suggestions.h"
#include "pipeline/op_support.h"
#include "pipeline/targets.h"

namespace paw {

namespace {

class ConvertCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "a model file", .target = &settings_.source.path},
        {.name = "-o",
         .metavar = "FILE",
         .help = "the file to write; its suffix is the format",
         .target = &settings_.output},
        {.name = "--net",
         .metavar = "NAME",
         .help = "a built-in net with random weights instead of a file",
         .target = &settings_.source.net,
         .suggestions = net_names()},
        {.name = "--verify",
         .metavar = "PHOTOS",
         .help = "photos to compare on, or none (default: 32 drawn ones)",
         .target = &settings_.verify,
         .suggestions = {"none"}},
        {.name = "--target",
         .metavar = "T",
         .help = "what the file is for (default: the widest)",
         .target = &settings_.target,
         .choices = target_names()},
        {.name = "--preprocess",
         .metavar = "NAME|FILE",
         .help = "how photos become the input: unit, symmetric, imagenet, raw, or a JSON file",
         .target = &settings_.preprocess,
         .suggestions = preprocess_names()},
        {.name = "--pixels",
         .help = "the input takes bytes 0 to 255 instead of normalised floats",
         .target = &settings_.pixels},
        {.name = "--description",
         .metavar = "TEXT",
         .help = "what the file says of itself (default: its source's, else its name)",
         .target = &settings_.text.description},
        {.name = "--author", .metavar = "TEXT", .help = "who made the model", .target = &settings_.text.author},
        {.name = "--license", .metavar = "TEXT", .help = "under which terms", .target = &settings_.text.license},
        {.name = "--model-version", .metavar = "TEXT", .help = "which edition", .target = &settings_.text.version},
        {.name = "--threads", .metavar = "N", .help = "for the comparison (default: 1)", .target = &settings_.threads},
        {.name = "--force", .help = "overwrite the file", .target = &settings_.force},
        {.name = "--list-ops", .help = "which ops each format holds, instead of converting", .target = &list_ops_},
    };
  }

  Status run(const CommonOptions& common) override {
    if (list_ops_) {
      const std::vector<OpFormats> ops = ops_of_formats();
      return common.json ? print_json(to_json(ops)) : print(to_text(ops));
    }
    if (settings_.output.empty()) {
      return fail(ErrorCode::kUsage, "paw convert", "no file to write", "give -o FILE; its suffix is the format");
    }
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const ConvertResult result, convert(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  ConvertSettings settings_;
  bool list_ops_ = false;
};

}  // namespace

extern const Verb kConvertVerb;
constinit const Verb kConvertVerb{
    .name = "convert",
    .summary = "write a model in another format",
    .details =
        "Reads any model file that is known, by content, and writes it in the format of FILE's suffix. Labels and\n"
        "preprocessing go with it; temperature goes into the last layer. The file is opened again and must answer as\n"
        "its source does before it stands under its name: on the photos of --verify, or on 32 drawn cats and dogs. "
        "What\n"
        "the format cannot hold is an error that names the layer; what is stored in another way is said.",
    .example = "  paw convert run/model.paw -o model.tflite\n",
    .make = make_command<ConvertCommand>,
};

}  // namespace paw
