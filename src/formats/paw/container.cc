#include "formats/paw/container.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <set>

#include "host/text.h"

namespace paw::paw_file {

namespace {

static_assert(std::endian::native == std::endian::little, "numbers are copied as they stand in the file");

constexpr std::array<char, 8> kMagic = {'\x89', 'P', 'A', 'W', '\r', '\n', '\x1a', '\n'};

struct Header {
  std::array<char, 8> magic = kMagic;
  std::uint32_t version = kVersion;
  std::uint32_t sections = 0;
  std::uint64_t file_bytes = 0;
  std::uint32_t reserved = 0;
  std::uint32_t crc = 0;  // of the bytes before it and of the table
};
static_assert(sizeof(Header) == 32);

struct Entry {
  std::array<char, 4> tag{};
  std::uint32_t crc = 0;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
static_assert(sizeof(Entry) == 24);

using Span = std::span<const std::byte>;

std::uint32_t crc_of(Span data, std::uint32_t before = 0) {
  // A null pointer would ask zlib for its start value.
  if (data.empty()) return before;
  return static_cast<std::uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

// Of everything before the CRC field, then of the table.
std::uint32_t header_crc(Span file, std::size_t table_bytes) {
  const std::uint32_t before = crc_of(file.first(offsetof(Header, crc)));
  return crc_of(file.subspan(sizeof(Header), table_bytes), before);
}

std::uint64_t length_of(const NewSection& section) {
  if (section.parts.empty()) return 0;
  return section.parts.back().offset + section.parts.back().data.size();
}

std::unexpected<Error> broken(std::string_view file, std::string_view message, std::string_view hint) {
  return fail(ErrorCode::kUnsupported, std::string(file), message, hint);
}

constexpr const char* kCopyAgain = "copy or download it again";

Status check_magic(Span bytes, std::string_view file) {
  const std::size_t n = std::min(bytes.size(), kMagic.size());
  if (n > 0 && std::memcmp(bytes.data(), kMagic.data(), n) == 0) return {};
  if (n == kMagic.size() && std::memcmp(bytes.data(), kMagic.data(), 4) == 0) {
    return broken(file, "its line ends were changed on the way", "copy it again, as a binary file");
  }
  return broken(file, bytes.empty() ? "is empty, not a .paw file" : "is not a .paw file",
                "check the path, or convert the model with paw convert");
}

// The header after checks of everything in it, its CRC included.
Result<Header> check_header(Span bytes, std::string_view file) {
  PAW_RETURN_IF_ERROR(check_magic(bytes, file));
  Header header;
  if (bytes.size() < sizeof header) return broken(file, "ends within its header", kCopyAgain);
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.version > kVersion) {
    return broken(file,
                  "was written by a newer paw (file version " + std::to_string(header.version) + ", this one reads " +
                      std::to_string(kVersion) + ")",
                  "update paw to read it");
  }
  if (header.version == 0) return broken(file, "has file version 0, which does not exist", kCopyAgain);
  if (bytes.size() < header.file_bytes) {
    return broken(file,
                  "is cut off: " + std::to_string(bytes.size()) + " of " + std::to_string(header.file_bytes) + " bytes",
                  kCopyAgain);
  }
  if (bytes.size() > header.file_bytes) {
    return broken(file, std::to_string(bytes.size() - header.file_bytes) + " bytes follow its end", kCopyAgain);
  }
  if (header.sections > kMaxSections || bytes.size() - sizeof header < header.sections * sizeof(Entry)) {
    return broken(file, "states " + std::to_string(header.sections) + " sections, more than fit", kCopyAgain);
  }
  if (header.crc != header_crc(bytes, header.sections * sizeof(Entry))) {
    return broken(file, "its header is damaged (CRC)", kCopyAgain);
  }
  if (header.reserved != 0) return broken(file, "a reserved field of its header is not zero", "update paw to read it");
  return header;
}

// `from` is where the sections before this one end.
Status check_section(Span bytes, const Entry& entry, std::uint64_t from, std::string_view file) {
  const std::string_view tag(entry.tag.data(), entry.tag.size());
  const std::uint64_t start = aligned(from);
  if (entry.offset % kAlignment != 0) {
    return section_error(file, tag, "starts at byte " + std::to_string(entry.offset) + ", not at a multiple of 64");
  }
  if (entry.offset < start) return section_error(file, tag, "overlaps what stands before it");
  if (entry.offset > bytes.size() || entry.length > bytes.size() - entry.offset) {
    return section_error(file, tag, "reaches past the end of the file");
  }
  if (entry.offset > start) return section_error(file, tag, "leaves a gap before it");
  const Span padding = bytes.subspan(from, start - from);
  if (!std::ranges::all_of(padding, [](std::byte b) { return b == std::byte{0}; })) {
    return section_error(file, tag, "the padding before it is not zero");
  }
  if (entry.crc != crc_of(bytes.subspan(entry.offset, entry.length))) {
    return section_error(file, tag, "its bytes are damaged (CRC)", kCopyAgain);
  }
  return {};
}

}  // namespace

bool valid_tag(std::string_view tag) {
  return tag.size() == 4 && std::ranges::all_of(tag, [](char c) { return c > ' ' && c <= '~'; });
}

std::unexpected<Error> section_error(std::string_view file, std::string_view tag, std::string_view message,
                                     std::string_view hint) {
  return fail(ErrorCode::kUnsupported, std::string(file) + ": " + printable(tag), message, hint);
}

Bytes pack(std::span<const NewSection> sections) {
  std::vector<Entry> table(sections.size());
  std::uint64_t end = sizeof(Header) + sections.size() * sizeof(Entry);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    std::ranges::copy(sections[i].tag, table[i].tag.begin());
    table[i].offset = aligned(end);
    table[i].length = length_of(sections[i]);
    end = table[i].offset + table[i].length;
  }
  AlignedBuffer file(end);
  for (std::size_t i = 0; i < sections.size(); ++i) {
    for (const SectionPart& part : sections[i].parts) {
      if (!part.data.empty()) {
        std::memcpy(file.data() + table[i].offset + part.offset, part.data.data(), part.data.size());
      }
    }
    table[i].crc = crc_of({file.data() + table[i].offset, table[i].length});
  }
  Header header{.sections = static_cast<std::uint32_t>(sections.size()), .file_bytes = end};
  std::memcpy(file.data(), &header, sizeof header);
  if (!table.empty()) std::memcpy(file.data() + sizeof header, table.data(), table.size() * sizeof(Entry));
  header.crc = header_crc({file.data(), end}, table.size() * sizeof(Entry));
  std::memcpy(file.data(), &header, sizeof header);
  return Bytes(std::move(file));
}

Result<std::vector<Section>> unpack(const Bytes& bytes, std::string_view file) {
  PAW_ASSIGN_OR_RETURN(const Header header, check_header(bytes.span(), file));
  std::vector<Section> sections;
  std::set<std::string> tags;
  std::uint64_t end = sizeof header + header.sections * sizeof(Entry);
  for (std::uint32_t i = 0; i < header.sections; ++i) {
    Entry entry;
    std::memcpy(&entry, bytes.data() + sizeof header + i * sizeof entry, sizeof entry);
    std::string tag(entry.tag.data(), entry.tag.size());
    if (!valid_tag(tag)) return section_error(file, tag, "a tag is four printable ASCII characters");
    if (!tags.insert(tag).second) return section_error(file, tag, "there are two sections of this tag");
    PAW_RETURN_IF_ERROR(check_section(bytes.span(), entry, end, file));
    end = entry.offset + entry.length;
    sections.push_back({std::move(tag), bytes.slice(entry.offset, entry.length)});
  }
  if (end != bytes.size()) {
    return broken(file, std::to_string(bytes.size() - end) + " bytes at its end belong to no section", kCopyAgain);
  }
  return sections;
}

}  // namespace paw::paw_file
