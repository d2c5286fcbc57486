#include "pipeline/optimize.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/suggestions.h"
#include "host/process.h"
#include "optimize/recipe.h"
#include "pipeline/targets.h"

namespace paw {

namespace {

class OptimizeCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "a model file", .target = &settings_.source.path},
        {.name = "-o",
         .metavar = "FILE",
         .help = "the file to write; its suffix is the format",
         .target = &settings_.output,
         .required = true},
        {.name = "--recipe",
         .metavar = "R",
         .help = "steps joined by +, see above",
         .target = &settings_.recipe,
         .required = true,
         .suggestions = recipe_names()},
        {.name = "--calibrate",
         .metavar = "PHOTOS",
         .help = "photos like those that the model will see",
         .target = &settings_.calibrate},
        {.name = "--evaluate",
         .metavar = "PHOTOS",
         .help = "photos that judge the result (default: others of --calibrate)",
         .target = &settings_.evaluate},
        {.name = "--max-drop",
         .metavar = "D",
         .help = "the most accuracy that may be lost (default: 0.01)",
         .target = &settings_.max_drop},
        {.name = "--learn-rounding",
         .help = "round each weight by what its layer puts out for the photos; takes minutes",
         .target = &settings_.quantise.learn_rounding},
        {.name = "--ranges-by-output",
         .help = "try every estimator's range of each value of an integer net by what the net puts out",
         .target = &settings_.quantise.ranges_by_output},
        {.name = "--input-type",
         .metavar = "T",
         .help = "of static_wi8_ai8 in .tflite files: float32 (default), int8 or uint8",
         .target = &input_type_,
         .choices = names_of<QuantisedPorts>()},
        {.name = "--output-type",
         .metavar = "T",
         .help = "the same for the scores",
         .target = &output_type_,
         .choices = names_of<QuantisedPorts>()},
        {.name = "--fine-tune",
         .help = "train what has lost channels or weights, or got palettes, to answer as the float model does",
         .target = &settings_.fine_tune},
        {.name = "--student",
         .metavar = "NET",
         .help = "a built-in net that learns from the model and takes its place",
         .target = &settings_.student,
         .suggestions = net_names()},
        {.name = "--epochs",
         .metavar = "N",
         .help = fmt::format("of fine-tuning (default: {}; of a student {})", epochs_for({}, Student::kShrunk),
                             epochs_for({}, Student::kNew)),
         .target = &settings_.tuning.epochs},
        {.name = "--seed", .metavar = "N", .help = "of fine-tuning (default: 0)", .target = &settings_.tuning.seed},
        {.name = "--effort",
         .metavar = "E",
         .help = "quick (default) or full, which tries more, learns how to round weights and fine-tunes",
         .target = &effort_,
         .choices = names_of<Effort>()},
        {.name = "--net",
         .metavar = "NAME",
         .help = "a built-in net with random weights instead of a file",
         .target = &settings_.source.net,
         .suggestions = net_names()},
        {.name = "--target",
         .metavar = "T",
         .help = "what the file is for (default: the widest)",
         .target = &settings_.target,
         .choices = target_names()},
        {.name = "--threads", .metavar = "N", .help = "default: 1", .target = &threads_},
        {.name = "--resume",
         .help = "go on with a search (--recipe auto) that was stopped",
         .target = &settings_.resume},
        {.name = "--force", .help = "overwrite the file", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    end_when_interrupted("paw: interrupted; the file was not written");
    Progress progress(progress_style(common.json, common.quiet));
    settings_.effort = enum_named<Effort>(effort_).value_or(Effort::kQuick);
    settings_.quantise.inputs = enum_named<QuantisedPorts>(input_type_).value_or(QuantisedPorts::kFloat);
    settings_.quantise.outputs = enum_named<QuantisedPorts>(output_type_).value_or(QuantisedPorts::kFloat);
    settings_.quantise.threads = static_cast<int>(threads_);
    PAW_ASSIGN_OR_RETURN(const OptimizeResult result, optimize(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  template <class E>
  static std::vector<std::string> names_of() {
    const auto names = enum_names(E{});
    return {names.begin(), names.end()};
  }

  OptimizeSettings settings_;
  std::string effort_ = "quick", input_type_ = "float32", output_type_ = "float32";
  std::int64_t threads_ = 1;
};

}  // namespace

extern const Verb kOptimizeVerb;
constinit const Verb kOptimizeVerb{
    .name = "optimize",
    .summary = "make a model smaller and faster within an allowed drop",
    .details =
        "Makes the model smaller by the steps of --recipe: float16; dynamic_wi8_afp32, weight_only_wi8_afp32 and\n"
        "weight_only_wi4_afp32 (weights of 8 or 4 bits), weight_only_wi4bN_afp32 (a scale for N weights in a row,\n"
        "Core ML alone); static_wi8_ai8, also called int8 (integers throughout), and\n"
        "static_wi8_ai16 (activations of 16 bits); channelsNN (whole channels go until NN percent of the arithmetic\n"
        "has); sparseNN (NN percent of the weights become zero), sparseNNbM (2, 4, 8 or 16 in a row together),\n"
        "sparse2of4; mixedNN (beside static_wi8_ai8: layers that integers hurt most stay float32, up to NN percent of\n"
        "the arithmetic); palette1, 2, 3, 4, 6 or 8 (bits), paletteBgN (one palette of B bits for N output channels);\n"
        "or auto, which takes the smallest file within the drop. The file is opened again and judged on photos that\n"
        "had no part in making it.\n"
        "If it loses more than --max-drop it is left as FILE.rejected, and the exit code is 5.",
    .example = "  paw optimize run/model.paw -o model_int8.tflite --recipe int8 --calibrate photos\n",
    .make = make_command<OptimizeCommand>,
};

}  // namespace paw
