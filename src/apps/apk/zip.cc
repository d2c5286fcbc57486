// The format: PKWARE's APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.16 (its end).
#include "apps/apk/zip.h"

#include <zlib.h>

#include <cstdint>
#include <limits>
#include <string_view>

namespace paw {

namespace {

constexpr std::uint32_t kLocal = 0x04034B50, kCentral = 0x02014B50, kEnd = 0x06054B50;
constexpr std::uint16_t kVersion = 20, kUtf8Names = 1 << 11;
constexpr std::uint16_t kDate = (1 << 5) | 1;  // 1980-01-01: no file has an age
constexpr std::size_t kLocalBytes = 30;
// Android's own tools pad with this extra field; its value begins with the alignment.
constexpr std::uint16_t kAlignmentField = 0xD935;
constexpr std::size_t kFieldBytes = 6;

class Writer {
 public:
  std::vector<std::byte> bytes;

  void u16(std::size_t value) { number(value, 2); }
  void u32(std::size_t value) { number(value, 4); }
  void text(std::string_view text) {
    for (const char c : text) bytes.push_back(static_cast<std::byte>(c));
  }
  void zeros(std::size_t count) { bytes.resize(bytes.size() + count); }

 private:
  void number(std::size_t value, int count) {
    for (int i = 0; i < count; ++i, value >>= 8) bytes.push_back(static_cast<std::byte>(value & 0xFF));
  }
};

struct Entry {
  std::size_t at = 0, crc = 0;
};

// What local header and central directory have in common.
void describe(Writer& out, const AppFile& file, std::size_t crc) {
  out.u16(kVersion);
  out.u16(kUtf8Names);
  out.u16(0);  // stored
  out.u16(0);  // midnight
  out.u16(kDate);
  out.u32(crc);
  out.u32(file.data.size());
  out.u32(file.data.size());
  out.u16(file.path.size());
}

std::size_t crc_of(const AppFile& file) {
  return crc32_z(0, reinterpret_cast<const unsigned char*>(file.data.data()), file.data.size());
}

Entry add_file(Writer& out, const AppFile& file) {
  const Entry entry{out.bytes.size(), crc_of(file)};
  const std::size_t alignment = file.path.ends_with(".so") ? kPageAlignment : 4;
  const std::size_t begin = entry.at + kLocalBytes + file.path.size() + kFieldBytes;
  const std::size_t padding = (alignment - begin % alignment) % alignment;
  out.u32(kLocal);
  describe(out, file, entry.crc);
  out.u16(kFieldBytes + padding);
  out.text(file.path);
  out.u16(kAlignmentField);
  out.u16(2 + padding);
  out.u16(alignment);
  out.zeros(padding);
  out.bytes.insert(out.bytes.end(), file.data.begin(), file.data.end());
  return entry;
}

void add_to_directory(Writer& out, const AppFile& file, const Entry& entry) {
  out.u32(kCentral);
  out.u16(kVersion);
  describe(out, file, entry.crc);
  out.zeros(12);  // no extra field, no comment, one disk, no attributes
  out.u32(entry.at);
  out.text(file.path);
}

}  // namespace

Result<std::vector<std::byte>> aligned_zip(const std::vector<AppFile>& files) {
  constexpr std::size_t kMost = std::numeric_limits<std::uint32_t>::max();
  std::size_t total = 0;
  for (const AppFile& file : files) total += file.data.size() + 2 * file.path.size() + kPageAlignment + 128;
  if (total > kMost || files.size() >= 0xFFFF) {
    return fail(ErrorCode::kUnsupported, "package", "is larger than Android takes", "use a smaller model");
  }
  Writer out;
  out.bytes.reserve(total);
  std::vector<Entry> entries;
  for (const AppFile& file : files) entries.push_back(add_file(out, file));
  const std::size_t directory = out.bytes.size();
  for (std::size_t i = 0; i < files.size(); ++i) add_to_directory(out, files[i], entries[i]);
  const std::size_t end = out.bytes.size();
  out.u32(kEnd);
  out.u32(0);  // one disk
  out.u16(files.size());
  out.u16(files.size());
  out.u32(end - directory);
  out.u32(directory);
  out.u16(0);  // no comment
  return std::move(out.bytes);
}

}  // namespace paw
