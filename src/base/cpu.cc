#include "base/cpu.h"

#include <array>
#include <cstdlib>
#include <string>

namespace paw {

namespace {

constexpr std::array<std::string_view, 3> kNames = {"portable", "avx2", "avx512"};
constexpr std::array<Isa, 3> kAll = {Isa::kPortable, Isa::kAvx2, Isa::kAvx512};

std::size_t count_available() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return avx512 ? 3 : avx2 ? 2 : 1;
#else
  return 1;
#endif
}

}  // namespace

std::string_view name(Isa isa) { return kNames[static_cast<std::size_t>(isa)]; }

std::span<const Isa> available_isas() { return {kAll.data(), count_available()}; }

Result<Isa> choose_isa() {
  const std::span<const Isa> available = available_isas();
  const char* asked = std::getenv("PAW_ISA");
  if (asked == nullptr || *asked == '\0') return available.back();
  for (const Isa isa : available) {
    if (name(isa) == asked) return isa;
  }
  for (const std::string_view known : kNames) {
    if (known == asked) {
      return fail(ErrorCode::kUsage, "PAW_ISA", "this processor has no " + std::string(asked),
                  "the best it has is " + std::string(name(available.back())));
    }
  }
  return fail(ErrorCode::kUsage, "PAW_ISA", "unknown instruction set '" + std::string(asked) + "'",
              "use portable, avx2 or avx512");
}

}  // namespace paw
