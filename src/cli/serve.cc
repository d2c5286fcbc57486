#include "pipeline/serve.h"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "host/json.h"

namespace paw {

namespace {

class ServeCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "DIR", .help = "a web app, or what `paw app` wrote to", .target = &settings_.folder, .required = true},
        {.name = "--port",
         .metavar = "N",
         .help = "on 127.0.0.1; 0: any that is free (default: 8080)",
         .target = &settings_.port}};
  }

  Status run(const CommonOptions& common) override {
    return serve(settings_, [&](const std::string& address) -> Status {
      PAW_RETURN_IF_ERROR(common.json ? print_json({{"address", address}})
                                      : print(address + "\nonly this machine can open it; Ctrl-C ends it\n"));
      std::fflush(stdout);
      return {};
    });
  }

 private:
  ServeSettings settings_;
};

}  // namespace

extern const Verb kServeVerb;
constinit const Verb kServeVerb{
    .name = "serve",
    .summary = "try a web app on this machine",
    .details =
        "Serves DIR, or DIR/web, on 127.0.0.1 until it is interrupted: browsers give the camera to pages from there.\n"
        "For phones, put the folder on any web server with https.",
    .example = "  paw app run/model.paw -o apps --web\n  paw serve apps --port 8080\n",
    .make = make_command<ServeCommand>,
};

}  // namespace paw
