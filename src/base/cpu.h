// Which vector instructions this processor has, and which tier the user asked for.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"

namespace paw {

// Instruction-set tiers, lowest first. A tier implies the ones below it on the same architecture.
enum class Isa : std::uint8_t { kPortable, kAvx2, kAvx512, kSimd128, kNeon };

std::string_view name(Isa isa);  // "portable", "avx2", "avx512", "simd128", "neon"

// Tiers that this processor and its operating system can run, lowest first.
std::span<const Isa> available_isas();

// The tier of that name; the highest available one when it is empty. kUsage: an unknown name, a tier that this machine
// lacks.
Result<Isa> choose_isa(std::string_view asked, std::span<const Isa> available);

// What the environment variable PAW_ISA asks for, of the available tiers.
Result<Isa> choose_isa();

}  // namespace paw
