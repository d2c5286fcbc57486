#include "formats/tflite/packed_files.h"

#include <fmt/format.h>
#include <zip.h>
#include <zlib.h>

#include <algorithm>
#include <memory>

#include "host/text.h"

namespace paw::tflite {

namespace {

// Sizes and fields of the format: APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16.
constexpr std::uint16_t kVersion = 10;               // stored entries
constexpr std::uint16_t kUtf8 = 1U << 11;            // names
constexpr std::uint16_t kFirstDay = (1U << 5) | 1U;  // 1980-01-01: no time goes into files
constexpr std::size_t kAlignment = 16;
constexpr std::size_t kMaxEntries = 1000;

class ZipText {
 public:
  explicit ZipText(std::size_t begins_at) : base_(begins_at) {}
  std::size_t at() const { return base_ + text_.size(); }
  ZipText& u16(std::size_t v) { return number(v, 2); }
  ZipText& u32(std::size_t v) { return number(v, 4); }
  ZipText& bytes(std::string_view v) {
    text_ += v;
    return *this;
  }
  const std::string& text() const { return text_; }

 private:
  ZipText& number(std::size_t v, int width) {
    for (int i = 0; i < width; ++i) text_ += static_cast<char>(v >> (8 * i) & 0xFF);
    return *this;
  }
  std::size_t base_;
  std::string text_;
};

// The fields that the entry itself and the directory share.
void common_fields(ZipText& zip, const PackedFile& file) {
  const auto crc =
      crc32(0, reinterpret_cast<const Bytef*>(file.contents.data()), static_cast<uInt>(file.contents.size()));
  zip.u16(kVersion).u16(kUtf8).u16(ZIP_CM_STORE).u16(0).u16(kFirstDay).u32(crc);
  zip.u32(file.contents.size()).u32(file.contents.size()).u16(file.name.size()).u16(0);
}

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using EntryFile = std::unique_ptr<zip_file_t, Discard>;

std::unexpected<Error> damaged(const std::string& where, std::string_view why) {
  return fail(ErrorCode::kUnsupported, where, fmt::format("has damaged packed files ({})", why),
              "copy or download the file again");
}

// libzip takes memory for each entry: as many signatures as an archive of that many has.
bool too_many(const Bytes& file) {
  constexpr std::string_view kSignature("PK\1\2", 4);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::size_t count = 0;
  for (std::size_t at = text.find(kSignature); at != text.npos; at = text.find(kSignature, at + 4)) ++count;
  return count > kMaxEntries;
}

Result<std::string> read_entry(zip_t* archive, zip_uint64_t index, std::size_t limit, const std::string& where) {
  zip_stat_t stat;
  constexpr zip_uint64_t kNeeded =
      ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;
  if (zip_stat_index(archive, index, 0, &stat) != 0 || (stat.valid & kNeeded) != kNeeded) {
    return damaged(where, zip_strerror(archive));
  }
  if (stat.comp_method != ZIP_CM_STORE || stat.encryption_method != ZIP_EM_NONE || stat.size != stat.comp_size) {
    return fail(ErrorCode::kUnsupported, where, "has packed files that are compressed or encrypted",
                "pack them again, stored as they are");
  }
  if (stat.size > limit) {
    return fail(ErrorCode::kUnsupported, where, fmt::format("has a packed file of more than {} MB", limit >> 20));
  }
  const EntryFile entry(zip_fopen_index(archive, index, 0));
  std::string contents(stat.size, '\0');
  if (entry == nullptr || zip_fread(entry.get(), contents.data(), stat.size) != static_cast<zip_int64_t>(stat.size)) {
    return damaged(where, entry ? zip_file_strerror(entry.get()) : zip_strerror(archive));
  }
  char beyond = 0;  // the CRC is compared when the end is seen
  if (zip_fread(entry.get(), &beyond, 1) != 0) return damaged(where, "CRC");
  return contents;
}

}  // namespace

Bytes pack_files(const Bytes& flatbuffer, const std::vector<PackedFile>& files) {
  const std::size_t begin = (flatbuffer.size() + kAlignment - 1) / kAlignment * kAlignment;
  ZipText zip(begin), directory(0);
  for (const PackedFile& file : files) {
    directory.u32(0x02014B50).u16(kVersion);
    common_fields(directory, file);
    directory.u16(0).u16(0).u16(0).u32(0).u32(zip.at()).bytes(file.name);
    zip.u32(0x04034B50);
    common_fields(zip, file);
    zip.bytes(file.name).bytes(file.contents);
  }
  const std::size_t directory_at = zip.at();
  zip.bytes(directory.text()).u32(0x06054B50).u16(0).u16(0).u16(files.size()).u16(files.size());
  zip.u32(directory.text().size()).u32(directory_at).u16(0);
  AlignedBuffer all(begin + zip.text().size());
  std::ranges::copy(flatbuffer.span(), all.data());
  std::ranges::copy(std::as_bytes(std::span(zip.text())), all.data() + begin);
  return all;
}

Result<std::optional<std::string>> packed_file(const Bytes& file, const std::string& name, std::size_t limit,
                                               const std::string& where) {
  if (too_many(file)) return damaged(where, "too many entries");
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  const Archive archive(source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY, &error));
  const int code = zip_error_code_zip(&error);
  const std::string why = zip_error_strerror(&error);
  zip_error_fini(&error);
  if (archive == nullptr) {
    if (source != nullptr) zip_source_free(source);
    // Without an archive nothing is packed: that is allowed.
    if (code == ZIP_ER_NOZIP) return std::nullopt;
    return damaged(where, why);
  }
  const zip_int64_t index = zip_name_locate(archive.get(), name.c_str(), ZIP_FL_ENC_RAW);
  if (index < 0) return std::nullopt;
  PAW_ASSIGN_OR_RETURN(std::string contents, read_entry(archive.get(), static_cast<zip_uint64_t>(index), limit, where));
  return contents;
}

}  // namespace paw::tflite
