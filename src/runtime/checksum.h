// CRC-32C (Castagnoli's polynomial) for plan files: phone-safe, without a library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace paw {

// Of `data` behind what gave `crc`; 0 to begin. By the processor's instruction where it has one.
std::uint32_t crc32c(std::uint32_t crc, std::span<const std::byte> data);
// The same by tables.
std::uint32_t crc32c_portable(std::uint32_t crc, std::span<const std::byte> data);

// Of a plan file, its own checksum field taken as zero. The file must hold a PlanHeader.
std::uint32_t plan_checksum(std::span<const std::byte> file);

}  // namespace paw
