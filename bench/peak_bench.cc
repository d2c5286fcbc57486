// The float32 multiply-add peak of this machine: register loops of packed FMA, one thread and all of them.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

constexpr int kAccumulators = 12;  // enough to hide the latency of two FMA units

#if defined(__x86_64__)
constexpr int kLanes = 8;

// One pass: `steps` times twelve independent packed FMAs. The sum keeps the compiler from dropping the work.
__attribute__((target("avx2,fma"))) float fma_loop(long steps) {
  __m256 sum[kAccumulators];
  for (__m256& s : sum) s = _mm256_set1_ps(1.0F);
  __m256 a = _mm256_set1_ps(0.999F);
  const __m256 b = _mm256_set1_ps(0.001F);
  for (long i = 0; i < steps; ++i) {
    // The barrier makes every factor new: nothing can be hoisted or combined.
    __asm__ volatile("" : "+x"(a));
    for (__m256& s : sum) s = _mm256_fmadd_ps(s, a, b);
  }
  for (int i = 1; i < kAccumulators; ++i) sum[0] = _mm256_add_ps(sum[0], sum[i]);
  return _mm256_cvtss_f32(sum[0]);
}
#else
constexpr int kLanes = 4;

// Whatever the compiler's vector extension becomes on this machine.
float fma_loop(long steps) {
  using Vector __attribute__((vector_size(16))) = float;
  Vector sum[kAccumulators] = {};
  Vector a = {0.999F, 0.999F, 0.999F, 0.999F};
  for (long i = 0; i < steps; ++i) {
    __asm__ volatile("" : "+w"(a));
    for (Vector& s : sum) s = s * a + 0.001F;
  }
  for (int i = 1; i < kAccumulators; ++i) sum[0] += sum[i];
  return sum[0][0];
}
#endif

// GMAC/s of one run on `threads` threads at once.
double measure(int threads, long steps) {
  std::vector<std::thread> workers;
  std::vector<float> results(static_cast<std::size_t>(threads));
  const auto begin = std::chrono::steady_clock::now();
  for (float& result : results) workers.emplace_back([&result, steps] { result = fma_loop(steps); });
  for (std::thread& worker : workers) worker.join();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  volatile float keep = results[0];
  static_cast<void>(keep);
  return static_cast<double>(steps) * kAccumulators * kLanes * threads / seconds / 1e9;
}

}  // namespace

// paw_peak_bench [ROUNDS]: {"peak_gmac_s":{"1":...,"2":...}}, the best of ROUNDS for 1 to all threads.
int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 10;
  const int most = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  std::vector<double> best(static_cast<std::size_t>(most) + 1, 0);
  for (int round = 0; round < rounds; ++round) {
    for (int threads = 1; threads <= most; ++threads) {
      double& peak = best[static_cast<std::size_t>(threads)];
      peak = std::max(peak, measure(threads, 12'000'000));
    }
  }
  fmt::print("{{\"peak_gmac_s\":{{");
  for (int threads = 1; threads <= most; ++threads) {
    fmt::print("{}\"{}\":{:.2f}", threads > 1 ? "," : "", threads, best[static_cast<std::size_t>(threads)]);
  }
  fmt::print("}}}}\n");
  return 0;
}
