#include "pipeline/diff.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"

namespace paw {

namespace {

class DiffCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "A", .help = "a model file", .target = &settings_.a, .required = true},
        {.name = "B", .help = "another", .target = &settings_.b, .required = true},
        {.name = "PHOTOS", .help = "photos to compare on (default: 32 drawn ones)", .target = &settings_.photos},
        {.name = "--tolerance",
         .metavar = "X",
         .help = "how far a layer may be apart, as a share of its largest value (default: 0.01)",
         .target = &settings_.tolerance},
        {.name = "--threads", .metavar = "N", .help = "default: 1", .target = &settings_.threads},
    };
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const DiffResult result, diff_models(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  DiffSettings settings_;
};

}  // namespace

extern const Verb kDiffVerb;
constinit const Verb kDiffVerb{
    .name = "diff",
    .summary = "say how far the answers of two models are apart, and where they part",
    .details =
        "Shows every photo to both models, each through its own preprocessing: how often they agree, the largest and\n"
        "the mean difference of their scores. Then walks the layers that have the same name in both and names the\n"
        "first that departs.",
    .example = "  paw diff model.paw model.tflite photos\n",
    .make = make_command<DiffCommand>,
};

}  // namespace paw
