// Times whole training steps (forward, backward, SGD with momentum) of a built-in net on random images held in memory.
//
//   paw_train_bench --net mobilenet_v2 --size 224 --batch 32 --threads 2 --steps 5 [--freeze] [--profile] [--json]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "flags_main.h"
#include "lower/lower.h"
#include "nets/nets.h"
#include "runtime/executor.h"
#include "train/step_graph.h"

namespace paw {
namespace {

struct Settings {
  std::string net = "mobilenet_v2";
  std::int64_t size = 224, batch = 32, classes = 1000;
  std::int64_t threads = 2, steps = 3;
  bool freeze = false;
  bool profile = false, json = false;
};

// Nanoseconds of each step of the plan, over all runs.
struct Profile {
  std::vector<std::uint64_t> ns;
};

// What every step is given: the plan reuses its inputs' memory. The state stays where it is.
class Batch {
 public:
  Batch(const StepGraph& step, const Settings& settings) : step_(step) {
    Random random(1);
    images_.resize(static_cast<std::size_t>(step.graph.type(step.graph.inputs[step.image]).shape.elements()));
    for (float& pixel : images_) pixel = static_cast<float>(random.uniform(-1, 1));
    targets_.resize(static_cast<std::size_t>(settings.batch * settings.classes));
    for (std::int64_t n = 0; n < settings.batch; ++n) {
      targets_[static_cast<std::size_t>(n * settings.classes + n % settings.classes)] = 1;
    }
  }

  void feed(Executor& executor, std::int64_t number) const {
    std::memcpy(executor.input(step_.image), images_.data(), images_.size() * sizeof(float));
    std::memcpy(executor.input(step_.target), targets_.data(), targets_.size() * sizeof(float));
    *static_cast<float*>(executor.input(step_.lr)) = 0.01f;
    const std::int64_t seed[] = {1, number};
    if (step_.seed) std::memcpy(executor.input(*step_.seed), seed, sizeof(seed));
  }

 private:
  const StepGraph& step_;
  std::vector<float> images_, targets_;
};

Status load_state(const StepGraph& step, Executor& executor) {
  for (const StepState& state : step.states) {
    if (executor.input(state.input) != executor.output(state.output)) {
      return fail(ErrorCode::kInternal, "train_bench", "a parameter does not stay in its place");
    }
    std::memcpy(executor.input(state.input), state.initial.data.data(), state.initial.data.size());
  }
  return {};
}

void print_profile(const Plan& plan, const Profile& profile, int runs) {
  std::map<std::string, std::uint64_t> by_kind;
  for (std::size_t i = 0; i < plan.steps().size(); ++i) {
    const PlanStep& step = plan.steps()[i];
    if (profile.ns[i] == 0) continue;
    std::string kinds;
    for (std::size_t k = i; k < plan.steps().size() && plan.steps()[k].group == step.group; ++k) {
      kinds += (kinds.empty() ? "" : "+") + std::string(plan.steps()[k].def->name);
    }
    by_kind[kinds] += profile.ns[i];
    const double ms = static_cast<double>(profile.ns[i]) / 1e6 / runs;
    std::fprintf(stderr, "%8.3f ms %8.1f MMAC  %-40s %.*s\n", ms, static_cast<double>(step.macs) / 1e6, kinds.c_str(),
                 static_cast<int>(step.source.size()), step.source.data());
  }
  std::vector<std::pair<std::string, std::uint64_t>> kinds(by_kind.begin(), by_kind.end());
  std::ranges::sort(kinds, std::greater{}, [](const auto& kind) { return kind.second; });
  for (const auto& [kind, ns] : kinds) {
    std::fprintf(stderr, "%8.1f ms  %s\n", static_cast<double>(ns) / 1e6 / runs, kind.c_str());
  }
}

int report(const Error& error) {
  std::fprintf(stderr, "%s\n", error.text().c_str());
  return 4;
}

int run(const Settings& settings) {
  const auto model =
      build_net(settings.net, {.size = settings.size, .classes = settings.classes, .batch = settings.batch});
  if (!model) return report(model.error());
  const auto step = step_graph(*model, {.freeze_statistics = settings.freeze});
  if (!step) return report(step.error());
  const auto file = lower(step->graph, {.deploy_passes = false});
  if (!file) return report(file.error());
  const auto plan = Plan::load(*file, "step.plan");
  if (!plan) return report(plan.error());
  const auto isa = choose_isa();
  if (!isa) return report(isa.error());
  Executor executor(*plan, *isa, static_cast<int>(settings.threads));
  if (const Status loaded = load_state(*step, executor); !loaded) return report(loaded.error());
  const Batch batch(*step, settings);
  Profile profile{std::vector<std::uint64_t>(plan->steps().size())};
  std::vector<double> step_ms;
  for (int i = -1; i < settings.steps; ++i) {  // the first one warms up
    if (i == 0 && settings.profile) {
      executor.set_profiler({[](void* context, std::size_t at, std::uint64_t begin, std::uint64_t end) {
                               static_cast<Profile*>(context)->ns[at] += end - begin;
                             },
                             &profile});
    }
    const auto begin = std::chrono::steady_clock::now();
    batch.feed(executor, i + 1);
    executor.run();
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    if (i >= 0) step_ms.push_back(took.count());
  }
  if (settings.profile) print_profile(*plan, profile, static_cast<int>(settings.steps));
  const double best = *std::ranges::min_element(step_ms);
  const nlohmann::json out{{"net", settings.net},
                           {"batch", settings.batch},
                           {"threads", settings.threads},
                           {"step_ms", step_ms},
                           {"images_per_s", static_cast<double>(settings.batch) / best * 1000},
                           {"arena_bytes", plan->arena_bytes()},
                           {"loss", *static_cast<const float*>(executor.output(0))}};
  if (settings.json) {
    std::printf("%s\n", out.dump().c_str());
  } else {
    std::printf("%s, batch %lld, %lld threads: %.1f ms, %.2f images/s, loss %.4f, arena %.0f MB\n",
                settings.net.c_str(), static_cast<long long>(settings.batch), static_cast<long long>(settings.threads),
                best, out["images_per_s"].get<double>(), out["loss"].get<double>(),
                static_cast<double>(plan->arena_bytes()) / 1e6);
  }
  return 0;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) {
  paw::Settings settings;
  const std::vector<paw::Flag> flags{
      {"--net", "NAME", "", &settings.net},
      {"--size", "N", "", &settings.size},
      {"--batch", "N", "", &settings.batch},
      {"--classes", "N", "", &settings.classes},
      {"--threads", "N", "", &settings.threads},
      {"--steps", "N", "", &settings.steps},
      {"--freeze", "", "the statistics of batch norm, as in fine-tuning", &settings.freeze},
      {"--profile", "", "milliseconds of each group of steps, on stderr", &settings.profile},
      {"--json", "", "", &settings.json},
  };
  return paw::main_with_flags("paw_train_bench", flags, argc, argv, [&] { return paw::run(settings); });
}
