#include "base/cpu.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

#if defined(__x86_64__) && defined(PAW_APP_ENGINE)
#include <cpuid.h>
#endif

namespace paw {

namespace {

constexpr std::array<std::string_view, 5> kNames = {"portable", "avx2", "avx512", "simd128", "neon"};
#if defined(__aarch64__)
constexpr std::array<Isa, 2> kTiers = {Isa::kPortable, Isa::kNeon};
constexpr const char* kChoices = "use portable or neon";
#else
constexpr std::array<Isa, 3> kTiers = {Isa::kPortable, Isa::kAvx2, Isa::kAvx512};
constexpr const char* kChoices = "use portable, avx2 or avx512";
#endif

#if defined(__x86_64__) && defined(PAW_APP_ENGINE)
// Asked of the processor itself: an app's engine is linked without the compiler's library, whose answers these are
// elsewhere. Intel's manual, volume 1, 14.3 and 14.7.1.
bool has_avx2() {
  constexpr unsigned kFma = 1u << 12, kXgetbv = 1u << 27, kAvx = 1u << 28, kF16c = 1u << 29, kAvx2 = 1u << 5;
  constexpr unsigned kWanted = kFma | kXgetbv | kAvx | kF16c;
  unsigned a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c & kWanted) != kWanted) return false;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d) == 0 || (b & kAvx2) == 0) return false;
  unsigned low = 0, high = 0;
  asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (low & 6) == 6;  // the system keeps both halves of the registers
}
#endif

[[maybe_unused]] std::size_t count_available() {
#if defined(__x86_64__) && defined(PAW_APP_ENGINE)
  return has_avx2() ? 2 : 1;  // phones have no more
#elif defined(__x86_64__)
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c")) return 1;
  const bool wide = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
  return wide ? 3 : 2;
#elif defined(__aarch64__)
  return kTiers.size();
#else
  return 1;
#endif
}

}  // namespace

std::string_view name(Isa isa) { return kNames[static_cast<std::size_t>(isa)]; }

#if defined(__wasm_simd128__)
// The module as a whole needs these instructions: there is no lower tier in it.
constexpr std::array<Isa, 1> kOnly = {Isa::kSimd128};
std::span<const Isa> available_isas() { return kOnly; }
#elif defined(__aarch64__) && defined(PAW_APP_ENGINE)
constexpr std::array<Isa, 1> kOnly = {Isa::kNeon};
std::span<const Isa> available_isas() { return kOnly; }
#else
std::span<const Isa> available_isas() { return {kTiers.data(), count_available()}; }
#endif

Result<Isa> choose_isa(std::string_view asked, std::span<const Isa> available) {
  if (asked.empty()) return available.back();
  const auto named = [&](Isa isa) { return name(isa) == asked; };
  if (const auto found = std::ranges::find_if(available, named); found != available.end()) return *found;
  if (std::ranges::any_of(kTiers, named)) {
    return fail(ErrorCode::kUsage, "PAW_ISA", "this processor has no " + std::string(asked),
                "the best tier here is " + std::string(name(available.back())));
  }
  return fail(ErrorCode::kUsage, "PAW_ISA", "unknown instruction set '" + std::string(asked) + "'", kChoices);
}

Result<Isa> choose_isa() {
  const char* asked = std::getenv("PAW_ISA");
  return choose_isa(asked == nullptr ? "" : asked, available_isas());
}

}  // namespace paw
