// CRC-32 (the zlib polynomial) for plan files: phone-safe, without a library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace paw {

std::uint32_t crc32(std::uint32_t crc, std::span<const std::byte> data);

// Of a plan file, its own checksum field taken as zero. The file must hold a PlanHeader.
std::uint32_t plan_checksum(std::span<const std::byte> file);

}  // namespace paw
