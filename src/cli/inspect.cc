#include "pipeline/inspect.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/suggestions.h"

namespace paw {

namespace {

class InspectCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "a model file", .target = &source_.path},
        {.name = "--net",
         .metavar = "NAME",
         .help = "a built-in net instead of a file",
         .target = &source_.net,
         .suggestions = net_names()},
        {.name = "--layers", .help = "list every layer", .target = &layers_},
    };
  }

  Status run(const CommonOptions& common) override {
    PAW_ASSIGN_OR_RETURN(const Inspection inspection, inspect_model(source_));
    return common.json ? print_json(to_json(inspection, layers_)) : print(to_text(inspection, layers_));
  }

 private:
  ModelSource source_;
  bool layers_ = false;
};

}  // namespace

extern const Verb kInspectVerb;
constinit const Verb kInspectVerb{
    .name = "inspect",
    .summary = "show what a model is: inputs, preprocessing, labels, ops, sizes",
    .details =
        "Shows inputs, outputs, preprocessing, labels, ops, parameters, MACs and bytes of a model file or a\n"
        "built-in net.",
    .example = "  paw inspect --net mobilenet_v2\n",
    .make = make_command<InspectCommand>};

}  // namespace paw
