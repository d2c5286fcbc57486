// SHA-256: how photos are known, whatever they are called.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace paw {

using Sha256 = std::array<std::uint8_t, 32>;

// FIPS 180-4, by OpenSSL. Thread-safe.
Sha256 sha256(std::span<const std::byte> data);

std::string to_hex(const Sha256& hash);  // 64 small letters and digits
// nullopt: not exactly 64 hexadecimal digits (capitals are taken too).
std::optional<Sha256> sha256_from_hex(std::string_view text);

}  // namespace paw
