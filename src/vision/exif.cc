#include "vision/exif.h"

#include <cstdint>

#include "vision/decoders/decoder.h"

namespace paw {
namespace {

constexpr std::uint32_t kOrientationTag = 274;
constexpr std::uint32_t kShort = 3;
constexpr std::size_t kEntryBytes = 12;

// Integers of a TIFF block in the block's own byte order; 0 outside of it.
class Tiff {
 public:
  Tiff(std::span<const std::byte> block, bool little) : block_(block), little_(little) {}

  std::uint32_t u16(std::uint64_t offset) const {
    if (offset + 2 > block_.size()) return 0;
    const std::uint32_t first = byte_at(block_, offset), second = byte_at(block_, offset + 1);
    return little_ ? second << 8 | first : first << 8 | second;
  }
  std::uint32_t u32(std::uint64_t offset) const {
    const std::uint32_t first = u16(offset), second = u16(offset + 2);
    return little_ ? second << 16 | first : first << 16 | second;
  }

 private:
  std::span<const std::byte> block_;
  bool little_;
};

}  // namespace

int exif_orientation(std::span<const std::byte> exif) {
  using namespace std::string_view_literals;
  if (has_bytes(exif, 0, "Exif\0\0"sv)) exif = exif.subspan(6);
  const bool little = has_bytes(exif, 0, "II*\0"sv);
  if (!little && !has_bytes(exif, 0, "MM\0*"sv)) return 1;
  const Tiff tiff(exif, little);
  const std::uint64_t directory = tiff.u32(4);
  const std::uint32_t entries = tiff.u16(directory);
  // One pass over one directory: offsets to others are never followed, so that no loop can be built. At most 65,535
  // entries, and those past the end read as tag 0.
  for (std::uint32_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = directory + 2 + i * kEntryBytes;
    if (tiff.u16(entry) != kOrientationTag) continue;
    const std::uint32_t value = tiff.u16(entry + 8);
    const bool valid = tiff.u16(entry + 2) == kShort && tiff.u32(entry + 4) == 1 && value >= 1 && value <= 8;
    return valid ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace paw
