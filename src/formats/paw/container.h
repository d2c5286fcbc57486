// The outer form of a .paw file: header, section table, sections with CRC. Knows tags as bytes, not what they hold.
// Specification: docs/paw-file.md, sections 2 and 3.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/error.h"

namespace paw::paw_file {

inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kAlignment = kBufferAlignment;  // of every section and constant in the file
inline constexpr std::size_t kMaxSections = 1000;

// `n` rounded up to kAlignment. Requires n <= 2^64 - 64.
constexpr std::uint64_t aligned(std::uint64_t n) { return (n + kAlignment - 1) / kAlignment * kAlignment; }

// A section to write: parts at rising offsets from its start, zeros between them.
struct SectionPart {
  std::uint64_t offset = 0;
  Bytes data;
};
struct NewSection {
  std::string tag;  // four characters
  std::vector<SectionPart> parts;
};

// The file's bytes, sections in the order given. Requires valid, distinct tags.
Bytes pack(std::span<const NewSection> sections);

struct Section {
  std::string tag;
  Bytes data;  // a view into the file, 64-byte aligned in it
};

// Splits a file after checking all of it: header, table, placement, padding, CRCs. `file` starts every message.
Result<std::vector<Section>> unpack(const Bytes& bytes, std::string_view file);

// Four printable ASCII characters, no space.
bool valid_tag(std::string_view tag);

// An error about one section: "[file: TAG] message".
std::unexpected<Error> section_error(std::string_view file, std::string_view tag, std::string_view message,
                                     std::string_view hint = {});

}  // namespace paw::paw_file
