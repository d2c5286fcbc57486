// Which vector instructions this processor has, and which tier the user asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"

namespace paw {

// Instruction-set tiers, lowest first. A tier implies the ones below it on the same architecture.
enum class Isa : std::uint8_t { kPortable, kAvx2, kAvx512 };

std::string_view name(Isa isa);  // "portable", "avx2", "avx512"

// Tiers that this processor and its operating system can run, lowest first.
std::span<const Isa> available_isas();

// The environment variable PAW_ISA when set, else the highest available tier. kUsage: unknown name, or a tier that
// this machine lacks.
Result<Isa> choose_isa();

}  // namespace paw
