// Times inference of a built-in net from its plan, and lowering, loading and the first result, as bench/run asks for
// them.
//
//   paw_infer_bench --net mobilenet_v2 --batch 1 --threads 2 --seconds 0.3
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "flags_main.h"
#include "host/file.h"
#include "lower/lower.h"
#include "nets/nets.h"
#include "runtime/executor.h"

namespace paw {
namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
  std::string net = "mobilenet_v2";
  std::int64_t batch = 1;
  std::int64_t threads = 1;
  double seconds = 0.3;
};

struct Times {
  double lower = 0, load = 0, first_result = 0;
  std::vector<double> runs;
  std::uint64_t arena_bytes = 0;
};

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

// A file of its own that is gone afterwards.
struct TemporaryFile {
  std::string path;
  explicit TemporaryFile(const Bytes& data) {
    path = (std::filesystem::temp_directory_path() / "paw_infer_XXXXXX").string();
    const int file = mkstemp(path.data());
    if (file >= 0) close(file);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() { std::filesystem::remove(path); }
};

std::vector<float> image_of(const Graph& graph) {
  Random random(1);
  std::vector<float> image(static_cast<std::size_t>(graph.type(graph.inputs[0]).shape.elements()));
  for (float& value : image) value = static_cast<float>(random.uniform(-1, 1));
  return image;
}

// From the file on disk to the first result, then runs until the time is over.
Result<Times> time_plan(const std::string& path, const std::vector<float>& image, const Settings& settings) {
  Times times;
  const auto begin = Clock::now();
  auto file = map_file(path);
  if (!file) return std::unexpected(file.error());
  const auto plan = Plan::load(*file, path);
  if (!plan) return std::unexpected(plan.error());
  const auto isa = choose_isa();
  if (!isa) return std::unexpected(isa.error());
  Executor executor(*plan, *isa, static_cast<int>(settings.threads));
  times.load = ms_since(begin);
  const auto fill = [&] { std::ranges::copy(image, static_cast<float*>(executor.input(0))); };
  fill();
  executor.run();
  times.first_result = ms_since(begin);
  times.arena_bytes = plan->arena_bytes();
  const auto start = Clock::now();
  while (times.runs.size() < 3 || ms_since(start) < settings.seconds * 1000) {
    fill();  // a run may overwrite it
    const auto one = Clock::now();
    executor.run();
    times.runs.push_back(ms_since(one));
  }
  return times;
}

Result<Times> measure(const Settings& settings) {
  const auto model = build_net(settings.net, {.batch = settings.batch});
  if (!model) return std::unexpected(model.error());
  const auto begin = Clock::now();
  const auto bytes = lower(model->graph);
  if (!bytes) return std::unexpected(bytes.error());
  const double lowered = ms_since(begin);
  const TemporaryFile file(*bytes);
  auto times = time_plan(file.path, image_of(model->graph), settings);
  if (times) times->lower = lowered;
  return times;
}

nlohmann::json report(const Settings& settings, Times times) {
  std::ranges::sort(times.runs);
  const nlohmann::json row{{"net", settings.net},
                           {"batch", settings.batch},
                           {"threads", settings.threads},
                           {"ms_min", times.runs.front()},
                           {"ms_median", times.runs[times.runs.size() / 2]},
                           {"arena_bytes", times.arena_bytes},
                           {"load_ms", times.load},
                           {"first_result_ms", times.first_result},
                           {"lower_ms", times.lower}};
  return {{"models", nlohmann::json::array({row})}};
}

int run(const Settings& settings) {
  const auto times = measure(settings);
  if (!times) {
    fmt::print(stderr, "{}\n", times.error().text());
    return 4;
  }
  fmt::print("{}\n", report(settings, *times).dump());
  return 0;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) {
  paw::Settings settings;
  const std::vector<paw::Flag> flags{
      {"--net", "NAME", "", &settings.net},
      {"--batch", "N", "", &settings.batch},
      {"--threads", "N", "", &settings.threads},
      {"--seconds", "S", "", &settings.seconds},
  };
  return paw::main_with_flags("paw_infer_bench", flags, argc, argv, [&] { return paw::run(settings); });
}
