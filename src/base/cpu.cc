#include "base/cpu.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>

namespace paw {

namespace {

constexpr std::array<std::string_view, 3> kNames = {"portable", "avx2", "avx512"};
// Tiers that the kernels are written for. The name of another is known, and refused as what it is.
constexpr std::array<Isa, 2> kBuilt = {Isa::kPortable, Isa::kAvx2};

std::size_t count_available() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") ? 2 : 1;
#else
  return 1;
#endif
}

}  // namespace

std::string_view name(Isa isa) { return kNames[static_cast<std::size_t>(isa)]; }

std::span<const Isa> available_isas() { return {kBuilt.data(), count_available()}; }

Result<Isa> choose_isa(std::string_view asked, std::span<const Isa> available) {
  if (asked.empty()) return available.back();
  const auto named = [&](Isa isa) { return name(isa) == asked; };
  if (const auto found = std::ranges::find_if(available, named); found != available.end()) return *found;
  const std::string best = "the best tier here is " + std::string(name(available.back()));
  if (std::ranges::any_of(kBuilt, named)) {
    return fail(ErrorCode::kUsage, "PAW_ISA", "this processor has no " + std::string(asked), best);
  }
  if (std::ranges::find(kNames, asked) != kNames.end()) {
    return fail(ErrorCode::kUsage, "PAW_ISA", "there are no kernels for " + std::string(asked) + " yet", best);
  }
  return fail(ErrorCode::kUsage, "PAW_ISA", "unknown instruction set '" + std::string(asked) + "'",
              "use portable or avx2");
}

Result<Isa> choose_isa() {
  const char* asked = std::getenv("PAW_ISA");
  return choose_isa(asked == nullptr ? "" : asked, available_isas());
}

}  // namespace paw
