#include "pipeline/latency.h"

#include <algorithm>
#include <chrono>

#include "base/random.h"
#include "pipeline/net_runner.h"

namespace paw {

namespace {

constexpr int kRuns = 15;

void fill(NetRunner& net) {
  for (std::size_t i = 0; i < net.inputs(); ++i) {
    Random random(i, 0);
    for (float& x : net.input(i)) x = static_cast<float>(random.uniform(-1, 1));
  }
}

double run_ms(NetRunner& net) {
  const auto begin = std::chrono::steady_clock::now();
  net.run();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace

Result<Latency> compare_latency(const ComparedModel& before, const ComparedModel& after, int threads) {
  PAW_ASSIGN_OR_RETURN(NetRunner first, runner_of(before, threads));
  PAW_ASSIGN_OR_RETURN(NetRunner second, runner_of(after, threads));
  Latency least;
  for (int i = 0; i < kRuns; ++i) {
    fill(first);
    const double a = run_ms(first);
    fill(second);
    const double b = run_ms(second);
    least = i == 0 ? Latency{a, b} : Latency{std::min(least.before_ms, a), std::min(least.after_ms, b)};
  }
  return least;
}

}  // namespace paw
