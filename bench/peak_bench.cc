// The float32 multiply-add peak of this machine: register loops of packed FMA, one thread and all of them.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#include "kernels/kernels.h"

namespace {

// GMAC/s of one run on `threads` threads at once.
double measure(paw::PeakF32Fn loop, int threads, std::int64_t steps) {
  std::vector<std::thread> workers;
  std::vector<float> results(static_cast<std::size_t>(threads));
  const auto begin = std::chrono::steady_clock::now();
  for (float& result : results) workers.emplace_back([=, &result] { loop(steps, &result); });
  for (std::thread& worker : workers) worker.join();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  float sum = 0;
  const auto macs = static_cast<double>(loop(1, &sum)) * static_cast<double>(steps);
  return macs * threads / seconds / 1e9;
}

}  // namespace

// paw_peak_bench [ROUNDS]: {"peak_gmac_s":{"1":...,"2":...}}, the best of ROUNDS for 1 to all threads.
int main(int argc, char** argv) {
  const auto isa = paw::choose_isa();
  if (!isa) {
    fmt::print(stderr, "{}\n", isa.error().text());
    return 2;
  }
  const paw::PeakF32Fn loop = paw::kernel_table(*isa).peak_f32;
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 10;
  const int most = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<double> best(static_cast<std::size_t>(most) + 1, 0);
  for (int round = 0; round < rounds; ++round) {
    for (int threads = 1; threads <= most; ++threads) {
      double& peak = best[static_cast<std::size_t>(threads)];
      peak = std::max(peak, measure(loop, threads, 12'000'000));
    }
  }
  fmt::print("{{\"peak_gmac_s\":{{");
  for (int threads = 1; threads <= most; ++threads) {
    fmt::print("{}\"{}\":{:.2f}", threads > 1 ? "," : "", threads, best[static_cast<std::size_t>(threads)]);
  }
  fmt::print("}}}}\n");
  return 0;
}
