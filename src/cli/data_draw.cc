#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/output.h"
#include "host/text.h"
#include "pipeline/draw_data.h"

namespace paw {

namespace {

class DataDrawCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "-o", .metavar = "DIR", .help = "the folder to write", .target = &settings_.out, .required = true},
        {.name = "--count",
         .metavar = "N",
         .help = "pictures, half of them cats (default: 1000)",
         .target = &settings_.count},
        {.name = "--size",
         .metavar = "S",
         .help = "height and width in pixels (default: 224)",
         .target = &settings_.size},
        {.name = "--seed",
         .metavar = "N",
         .help = "another seed, other pictures (default: 0)",
         .target = &settings_.seed},
        {.name = "--force", .help = "replace the pictures that are there", .target = &settings_.force},
    };
  }

  Status run(const CommonOptions& common) override {
    Progress progress(progress_style(common.json, common.quiet));
    PAW_ASSIGN_OR_RETURN(const DrawResult r, draw_data(settings_, progress));
    if (common.json) return print_json(to_json(r));
    return print(fmt::format("{}: {} cats and {} dogs, {} x {} pixels, {}\n", printable(r.out), r.cats, r.dogs, r.size,
                             r.size, human_bytes(r.bytes)));
  }

 private:
  DrawSettings settings_;
};

}  // namespace

extern const Verb kDataDrawVerb;
constinit const Verb kDataDrawVerb{
    .name = "data draw",
    .summary = "draw cats and dogs: a data set that needs no photos",
    .details =
        "Draws cats and dogs by code, as PNG files in the folders cat and dog. The same seed, size and count give the\n"
        "same pictures everywhere; a smaller count gives the first of them.",
    .example = "  paw data draw -o drawn --count 200\n",
    .make = make_command<DataDrawCommand>};

}  // namespace paw
