#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "pipeline/check_data.h"

namespace paw {

namespace {

class DataCheckCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "PHOTOS", .help = "a folder with one folder per class", .target = &settings_.photos, .required = true},
        {.name = "--fix-list",
         .metavar = "FILE",
         .help = "write all files with a finding, as CSV",
         .target = &settings_.fix_list},
        {.name = "--model",
         .metavar = "RUN",
         .help = "also the likely mislabels that this training found",
         .target = &settings_.run},
        {.name = "--threads", .metavar = "N", .help = "default: all processors", .target = &settings_.threads},
        {.name = "--force", .help = "overwrite FILE", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const CheckResult result, check_data(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  CheckSettings settings_;
};

}  // namespace

extern const Verb kDataCheckVerb;
constinit const Verb kDataCheckVerb{.name = "data check",
                                    .summary = "say what is wrong with photos before training on them",
                                    .details =
                                        "Reads and decodes every file and gives it a verdict: ok, used with a remark "
                                        "(grey, animated, wrong suffix, looks\n"
                                        "like another photo, ...), or left out (not an image, truncated, a copy, the "
                                        "same picture under two labels, ...).\n"
                                        "Nothing is deleted or changed. docs/photos.md explains every verdict.",
                                    .example =
                                        "  paw data check photos --fix-list fix.csv\n"
                                        "  grep ',truncated,' fix.csv | cut -d, -f1   # the files to replace\n",
                                    .make = make_command<DataCheckCommand>};

}  // namespace paw
