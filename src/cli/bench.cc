#include "pipeline/bench.h"

#include <fmt/format.h>

#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

#include "cli/command.h"
#include "cli/output.h"
#include "cli/suggestions.h"
#include "host/text.h"

namespace paw {

namespace {

// "1,2" as numbers.
Result<std::vector<int>> parse_threads(const std::string& text) {
  std::vector<int> threads;
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    int count = 0;
    const auto [next, error] = std::from_chars(at, end, count);
    if (error != std::errc{} || (next != end && *next != ',')) {
      return fail(ErrorCode::kUsage, "paw bench",
                  fmt::format("--threads '{}' is not a list of numbers", printable(text)),
                  "write for example --threads 1,2");
    }
    threads.push_back(count);
    if (next == end) return threads;
    at = next + 1;
  }
}

class BenchCommand final : public Command {
 public:
  std::vector<Flag> flags() override {
    return {
        {.name = "MODEL", .help = "model files: .paw or .plan", .target = &settings_.models},
        {.name = "--net",
         .metavar = "NAME",
         .help = "a built-in net with random weights",
         .target = &settings_.net,
         .suggestions = net_names()},
        {.name = "--threads",
         .metavar = "1,2",
         .help = "numbers of threads to measure (default: 1)",
         .target = &threads_},
        {.name = "--profile", .help = "show every step with its share of what binds it", .target = &settings_.profile},
        {.name = "--batch",
         .metavar = "B",
         .help = "images at once, for --net (default: 1)",
         .target = &settings_.batch},
        {.name = "--size",
         .metavar = "S",
         .help = "height and width, for --net (default: the net's own)",
         .target = &settings_.size},
        {.name = "--seconds",
         .metavar = "X",
         .help = "time per model and number of threads (default: 1)",
         .target = &settings_.seconds},
    };
  }

  Status run(const CommonOptions& common) override {
    PAW_ASSIGN_OR_RETURN(settings_.threads, parse_threads(threads_));
    PAW_ASSIGN_OR_RETURN(const BenchResult result, bench_models(settings_));
    return common.json ? print_json(to_json(result)) : print(to_text(result));
  }

 private:
  BenchSettings settings_;
  std::string threads_ = "1";
};

}  // namespace

extern const Verb kBenchVerb;
constinit const Verb kBenchVerb{
    .name = "bench",
    .summary = "measure how fast models run here",
    .details =
        "Runs each model for a second, at least 20 times, and shows the fastest and the median run, the share of the\n"
        "machine's measured multiply-add peak, the memory of all intermediate results, and the time to load the plan\n"
        "and to make it from the graph. With --profile every step is compared with what binds it: multiply-adds, or\n"
        "memory.",
    .example = "  paw bench --net mobilenet_v2 --threads 1,2\n",
    .make = make_command<BenchCommand>};

}  // namespace paw
