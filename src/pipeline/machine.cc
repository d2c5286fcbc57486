#include "pipeline/machine.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/thread_pool.h"
#include "kernels/kernels.h"
#include "pipeline/clock.h"

namespace paw {

namespace {

constexpr double kSeconds = 0.15;
constexpr int kLeastRounds = 3;
constexpr std::int64_t kPeakSteps = 1'000'000;            // about 4 ms
constexpr std::size_t kCopyBytes = std::size_t{4} << 20;  // from 4 MiB to 4 MiB: the size of a mobile net's arena

struct Work {
  PeakF32Fn peak;
  std::vector<AlignedBuffer> from, to;
  std::vector<float> sums;
  std::vector<std::int64_t> macs;
};

void compute(void* context, int index) {
  auto& work = *static_cast<Work*>(context);
  const auto i = static_cast<std::size_t>(index);
  work.macs[i] = work.peak(kPeakSteps, &work.sums[i]);
}

void copy(void* context, int index) {
  auto& work = *static_cast<Work*>(context);
  const auto i = static_cast<std::size_t>(index);
  std::memcpy(work.to[i].data(), work.from[i].data(), work.from[i].size());
}

double seconds_of(ThreadPool& pool, void (*task)(void*, int), Work& work) {
  const auto begin = Clock::now();
  pool.run(task, &work);
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

MachineLimits measure_limits(Isa isa, int threads) {
  const auto count = static_cast<std::size_t>(threads);
  Work work{.peak = kernel_table(isa).peak_f32,
            .from = {},
            .to = {},
            .sums = std::vector<float>(count),
            .macs = std::vector<std::int64_t>(count)};
  const std::size_t bytes = kCopyBytes / count;
  for (std::size_t i = 0; i < count; ++i) {
    work.from.emplace_back(bytes);
    work.to.emplace_back(bytes);
    std::memset(work.from[i].data(), 1, bytes);  // untouched pages are all the same one
  }
  ThreadPool pool(threads);
  seconds_of(pool, copy, work);  // touches the pages
  MachineLimits limits{.threads = threads};
  const auto start = Clock::now();
  for (int round = 0; round < kLeastRounds || Clock::now() - start < std::chrono::duration<double>(kSeconds); ++round) {
    const double computing = seconds_of(pool, compute, work);
    std::int64_t macs = 0;
    for (const std::int64_t m : work.macs) macs += m;
    limits.gmac_s = std::max(limits.gmac_s, static_cast<double>(macs) / computing / 1e9);
    const double moved = 2.0 * static_cast<double>(bytes * count);
    limits.memory_gb_s = std::max(limits.memory_gb_s, moved / seconds_of(pool, copy, work) / 1e9);
  }
  return limits;
}

std::string processor_name() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> info(std::fopen("/proc/cpuinfo", "r"), std::fclose);
  char buffer[512];
  while (info != nullptr && std::fgets(buffer, sizeof(buffer), info.get()) != nullptr) {
    const std::string_view line(buffer);
    const std::size_t colon = line.find(": ");
    if (!line.starts_with("model name") || colon == std::string_view::npos) continue;
    return std::string(line.substr(colon + 2, line.find('\n') - colon - 2));
  }
  return {};
}

}  // namespace paw
