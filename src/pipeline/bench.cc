#include "pipeline/bench.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/random.h"
#include "host/file.h"
#include "lower/lower.h"
#include "nets/nets.h"
#include "pipeline/clock.h"
#include "pipeline/load.h"
#include "runtime/executor.h"

namespace paw {

namespace {

constexpr int kMostThreads = 256;
constexpr std::size_t kSteadyRuns = 20;  // a minimum over fewer moves from call to call
constexpr std::size_t kLeastRuns = 3;

struct Source {
  std::string path;
  Bytes plan;
  std::optional<double> lower_ms;
};

Result<Source> lower_graph(std::string path, const Graph& graph) {
  const auto begin = Clock::now();
  PAW_ASSIGN_OR_RETURN(Bytes plan, lower(graph));
  return Source{std::move(path), std::move(plan), ms_since(begin)};
}

Result<Source> open_file(const std::string& path) {
  PAW_ASSIGN_OR_RETURN(Bytes file, map_file(path));
  constexpr std::string_view kMagic = "PAWPLAN";
  const std::string_view text(reinterpret_cast<const char*>(file.data()), std::min(file.size(), kMagic.size()));
  if (text == kMagic) return Source{path, std::move(file), std::nullopt};
  PAW_ASSIGN_OR_RETURN(const LoadedModel loaded, load_model({.path = path, .net = {}}));
  return lower_graph(path, loaded.model.graph);
}

Result<std::vector<Source>> open_all(const BenchSettings& settings) {
  std::vector<Source> sources;
  if (!settings.net.empty()) {
    NetOptions options;
    options.batch = settings.batch;
    options.size = settings.size;
    PAW_ASSIGN_OR_RETURN(const Model model, build_net(settings.net, options));
    PAW_ASSIGN_OR_RETURN(Source source, lower_graph(settings.net, model.graph));
    sources.push_back(std::move(source));
  }
  for (const std::string& path : settings.models) {
    PAW_ASSIGN_OR_RETURN(Source source, open_file(path));
    sources.push_back(std::move(source));
  }
  return sources;
}

Status check_bench(const BenchSettings& settings) {
  if (settings.models.empty() && settings.net.empty()) {
    return fail(ErrorCode::kUsage, "bench", "no model given", "name model files, or a built-in net with --net");
  }
  if (settings.net.empty() && (settings.batch != 1 || settings.size != 0)) {
    return fail(ErrorCode::kUsage, "bench", "--batch and --size shape a built-in net, a file has its own",
                "add --net NAME, or leave them out");
  }
  for (const int threads : settings.threads) {
    if (threads < 1 || threads > kMostThreads) {
      return fail(ErrorCode::kUsage, "bench", fmt::format("{} threads are outside 1 to {}", threads, kMostThreads));
    }
  }
  if (settings.seconds >= 0 && settings.seconds <= 3600) return {};
  return fail(ErrorCode::kUsage, "bench", "--seconds is outside 0 to 3600");
}

// Numbers as an image has them, in float inputs; others stay zero.
std::vector<std::vector<float>> make_inputs(const Plan& plan) {
  Random random(1);
  std::vector<std::vector<float>> inputs;
  for (const PlanPort& port : plan.inputs()) {
    std::vector<float>& input = inputs.emplace_back();
    if (port.type.dtype != DType::kF32) continue;
    input.resize(static_cast<std::size_t>(port.type.shape.elements()));
    for (float& x : input) x = static_cast<float>(random.uniform(-1, 1));
  }
  return inputs;
}

class Bench {
 public:
  Bench(Executor& executor, const Plan& plan) : executor_(executor), plan_(plan), inputs_(make_inputs(plan)) {}

  // A run may overwrite its inputs: they are filled each time, outside the clock.
  double run() {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      std::memcpy(executor_.input(i), inputs_[i].data(), inputs_[i].size() * sizeof(float));
    }
    const auto begin = Clock::now();
    executor_.run();
    return ms_since(begin);
  }

  // Until `seconds` are over and the minimum is steady; a slow net gets ten times that at most.
  std::vector<double> runs(double seconds) {
    std::vector<double> ms;
    const auto start = Clock::now();
    for (;;) {
      ms.push_back(run());
      const double spent = ms_since(start) / 1000;
      const bool over = ms.size() >= kSteadyRuns ? spent >= seconds : spent >= 10 * seconds;
      if (over && ms.size() >= kLeastRuns) break;
    }
    std::ranges::sort(ms);
    return ms;
  }

  // Separate runs: reading the clock at every step costs time.
  std::vector<ProfileRow> profile(double seconds) {
    std::vector<double> best(plan_.steps().size(), -1);
    const auto note = [](void* context, std::size_t step, std::uint64_t begin, std::uint64_t end) {
      double& ms = (*static_cast<std::vector<double>*>(context))[step];
      const double now = static_cast<double>(end - begin) / 1e6;
      ms = ms < 0 ? now : std::min(ms, now);
    };
    executor_.set_profiler({note, &best});
    runs(seconds);
    executor_.set_profiler({});
    std::vector<ProfileRow> rows;
    for (std::size_t i = 0; i < best.size(); ++i) {
      const PlanStep& step = plan_.steps()[i];
      if (best[i] >= 0) rows.push_back({.name = std::string(step.source), .kind = {}, .ms = best[i]});
      ProfileRow& row = rows.back();
      row.kind += (row.kind.empty() ? "" : "+") + std::string(step.def->name);
      row.macs += step.macs;
      row.bytes += step.bytes;
    }
    return rows;
  }

 private:
  Executor& executor_;
  const Plan& plan_;
  std::vector<std::vector<float>> inputs_;
};

Result<BenchRow> measure(const Source& source, int threads, Isa isa, const BenchSettings& settings) {
  const auto begin = Clock::now();
  PAW_ASSIGN_OR_RETURN(const Plan plan, Plan::load(source.plan, source.path));
  Executor executor(plan, isa, threads);
  BenchRow row{.path = source.path,
               .dtype = plan.inputs().empty() ? "f32" : std::string(name(plan.inputs()[0].type.dtype)),
               .threads = threads,
               .arena_bytes = plan.arena_bytes(),
               .load_ms = ms_since(begin),
               .lower_ms = source.lower_ms,
               .profile = {}};
  for (const PlanStep& step : plan.steps()) row.macs += step.macs;
  Bench bench(executor, plan);
  row.first_result_ms = row.load_ms + bench.run();
  const std::vector<double> ms = bench.runs(settings.seconds);
  row.runs = ms.size();
  row.ms_min = ms.front();
  row.ms_median = ms[ms.size() / 2];
  if (settings.profile) row.profile = bench.profile(settings.seconds);
  return row;
}

}  // namespace

Result<BenchResult> bench_models(const BenchSettings& settings) {
  PAW_RETURN_IF_ERROR(check_bench(settings));
  PAW_ASSIGN_OR_RETURN(const std::vector<Source> sources, open_all(settings));
  PAW_ASSIGN_OR_RETURN(const Isa isa, choose_isa());
  BenchResult result{.processor = processor_name(),
                     .cores = static_cast<int>(std::thread::hardware_concurrency()),
                     .isa = isa,
                     .limits = {},
                     .rows = {}};
  for (const int threads : settings.threads) result.limits.push_back(measure_limits(isa, threads));
  for (const Source& source : sources) {
    for (const int threads : settings.threads) {
      PAW_ASSIGN_OR_RETURN(BenchRow row, measure(source, threads, isa, settings));
      result.rows.push_back(std::move(row));
    }
  }
  return result;
}

}  // namespace paw
