#include "pipeline/make_app.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "apps/platforms.h"
#include "cli/command.h"
#include "cli/output.h"

namespace paw {

namespace {

class AppCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    std::vector<Flag> flags = {
        {.name = "MODEL", .help = "a model file with labels", .target = &settings_.model, .required = true},
        {.name = "-o",
         .metavar = "DIR",
         .help = "gets one folder per platform",
         .target = &settings_.out,
         .required = true},
        {.name = "--all", .help = "every project: all but packages", .target = &all_},
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
         .help = "test photos inside the app: drawn (default), photos (held out by the model's run), or a folder",
         .target = &settings_.golden,
         .suggestions = {"drawn", "photos"}},
        {.name = "--force", .help = "replace projects that are there", .target = &settings_.force},
    };
    std::vector<Flag> platforms;
    for (Choice& choice : choices_) {
      const Platform& p = *choice.platform;
      platforms.push_back({.name = fmt::format("--{}", p.name),
                           .help = fmt::format("{}, DIR/{}", p.title, p.name),
                           .target = &choice.chosen});
    }
    flags.insert(flags.begin() + 2, platforms.begin(), platforms.end());
    return flags;
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    for (const Platform* platform : project_platforms()) {
      if (all_) settings_.platforms.emplace_back(platform->name);
    }
    for (const Choice& choice : choices_) {
      if (choice.chosen) settings_.platforms.emplace_back(choice.platform->name);
    }
    PAW_ASSIGN_OR_RETURN(const AppResult result, make_app(settings_, progress));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  struct Choice {
    const Platform* platform;
    bool chosen = false;
  };
  static std::vector<Choice> choices() {
    std::vector<Choice> out;
    for (const Platform& platform : all_platforms()) out.push_back({&platform});
    return out;
  }

  AppSettings settings_;
  std::vector<Choice> choices_ = choices();
  bool all_ = false;
};

}  // namespace

extern const Verb kAppVerb;
constinit const Verb kAppVerb{
    .name = "app",
    .summary = "make apps with a model inside",
    .details =
        "Writes a project for each platform: apps that classify what the camera sees. DIR/web runs in browsers, "
        "offline\n"
        "after its first load; DIR/android is for Android Studio, with the model as .tflite; DIR/ios for Xcode, with "
        "the\n"
        "model as .mlpackage; DIR/apk/NAME.apk installs as it is, signed with a debug key that is kept for the next "
        "one.\n"
        "Model, preprocessing, labels and the rule for \"not sure\" are inside, and eight photos with the scores that "
        "this\n"
        "computer gives them: the self-test compares.",
    .example = "  paw app run/model.paw -o apps --all --name \"Cat or Dog\"\n  paw serve apps\n",
    .make = make_command<AppCommand>,
};

}  // namespace paw
