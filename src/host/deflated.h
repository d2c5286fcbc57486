// How small data gets in a zip archive.
#pragma once

#include <cstdint>
#include <span>

namespace paw {

// Bytes after deflate (RFC 1951) at zlib's usual level, without the archive's own headers.
std::uint64_t deflated_size(std::span<const std::byte> data);

}  // namespace paw
