#include "pipeline/make_app.h"

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"

namespace paw {

namespace {

class AppCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "a model file with labels", .target = &settings_.model, .required = true},
        {.name = "-o",
         .metavar = "DIR",
         .help = "gets one folder per platform",
         .target = &settings_.out,
         .required = true},
        {.name = "--web", .help = "a web app, DIR/web", .target = &web_},
        {.name = "--apk", .help = "an Android app to install, DIR/apk/NAME.apk", .target = &apk_},
        {.name = "--all", .help = "every platform", .target = &all_},
        {.name = "--name",
         .metavar = "NAME",
         .help = "what people see (default: the labels)",
         .target = &settings_.name},
        {.name = "--id",
         .metavar = "ID",
         .help = "application id, com.example.catordog (default: from the name)",
         .target = &settings_.id},
        {.name = "--golden",
         .metavar = "PHOTOS",
         .help = "test photos inside the app: drawn, or a folder",
         .target = &settings_.golden},
        {.name = "--force", .help = "replace projects that are there", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    if (web_ || all_) settings_.platforms.emplace_back("web");
    if (apk_) settings_.platforms.emplace_back("apk");
    PAW_ASSIGN_OR_RETURN(const AppResult result, make_app(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  AppSettings settings_;
  bool web_ = false, apk_ = false, all_ = false;
};

}  // namespace

extern const Verb kAppVerb;
constinit const Verb kAppVerb{
    .name = "app",
    .summary = "make apps with a model inside",
    .details =
        "Writes DIR/web: a web app that classifies what the camera sees with the engine of this program, in the\n"
        "browser, offline after its first load. Model, preprocessing, labels and the rule for \"not sure\" are "
        "inside,\n"
        "and eight photos with the scores that this computer gives them: the app's self-test compares.\n"
        "--apk writes an Android app that installs as it is, signed with a debug key that is kept for the next one.",
    .example = "  paw app run/model.paw -o apps --web --name \"Cat or Dog\"\n  paw serve apps\n",
    .make = make_command<AppCommand>,
};

}  // namespace paw
