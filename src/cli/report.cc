#include "pipeline/report.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"

namespace paw {

namespace {

class ReportCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "RUN", .help = "a run folder", .target = &settings_.run, .required = true},
        {.name = "--photos",
         .metavar = "PHOTOS",
         .help = "the photos that it was trained on, for pictures (default: where the run says)",
         .target = &settings_.photos},
        {.name = "--reproducible",
         .help = "no measured time: the same run gives the same bytes",
         .target = &settings_.reproducible},
        {.name = "--threads", .metavar = "N", .help = "default: all processors", .target = &settings_.threads},
    };
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const ReportResult result, write_report(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  ReportSettings settings_;
};

}  // namespace

extern const Verb kReportVerb;
constinit const Verb kReportVerb{
    .name = "report",
    .summary = "show a run on one page",
    .details =
        "Writes RUN/report.html, over an earlier one: what was done with which photos, how training went, how good "
        "the\n"
        "model is and where it errs, its files, one photo's way through it, the apps, and a glossary. One file that\n"
        "loads nothing; what the run does not have is said on it. With --photos it has pictures, and the answers to\n"
        "the test photos are looked at one by one.",
    .example = "  paw report run --photos photos\n",
    .make = make_command<ReportCommand>,
};

}  // namespace paw
