#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>

#include "formats/pytorch/container.h"
#include "host/text.h"

namespace paw::pytorch {

namespace {

constexpr std::size_t kMaxEntries = 25'000;  // libzip takes about 400 bytes for each
constexpr const char* kCopyAgain = "copy or download it again";
constexpr const char* kSaveAgain = "load it with PyTorch and save it again";

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* entry) const { zip_fclose(entry); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using EntryFile = std::unique_ptr<zip_file_t, Discard>;

struct Entry {
  zip_uint64_t index = 0, bytes = 0;
  bool stored = false, encrypted = false;
};
using Entries = std::map<std::string, Entry, std::less<>>;

std::string shown(std::string_view name) { return printable(clip(name, 100)); }

std::unexpected<Error> refuse_archive(std::string_view where, std::string_view message, const char* hint = kCopyAgain) {
  return fail(ErrorCode::kUnsupported, where, message, hint);
}

// At least as many as the archive's directory lists, whatever it states.
std::size_t count_signatures(std::span<const std::byte> file) {
  constexpr std::string_view kCentralEntry("PK\1\2", 4);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  std::size_t count = 0;
  for (std::size_t at = text.find(kCentralEntry); at != text.npos; at = text.find(kCentralEntry, at + 4)) ++count;
  return count;
}

Result<Archive> open_archive(const Bytes& file, std::string_view where) {
  if (count_signatures(file.span()) > kMaxEntries) {
    return refuse_archive(where, fmt::format("is an archive of more than {} entries", kMaxEntries), "");
  }
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  zip_t* archive = source == nullptr ? nullptr : zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error);
  if (archive == nullptr) {
    const bool twice = zip_error_code_zip(&error) == ZIP_ER_EXISTS;
    const std::string reason = twice ? "an entry is there twice" : zip_error_strerror(&error);
    zip_error_fini(&error);
    if (source != nullptr) zip_source_free(source);
    return refuse_archive(where, fmt::format("is a damaged archive ({})", reason));
  }
  zip_error_fini(&error);
  return Archive(archive);
}

constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_INDEX | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE |
                                 ZIP_STAT_COMP_METHOD | ZIP_STAT_ENCRYPTION_METHOD;

// By name without the folder that PyTorch puts all of them in.
Result<Entries> list_entries(zip_t* archive, std::string_view where) {
  Entries entries;
  std::string folder;
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    if (zip_stat_index(archive, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW, &stat) != 0 ||
        (stat.valid & kNeeded) != kNeeded) {
      return refuse_archive(where, fmt::format("is a damaged archive ({})", zip_strerror(archive)));
    }
    const std::string_view name = stat.name;
    const std::size_t slash = name.find('/');
    if (i == 0) folder = name.substr(0, slash);
    if (slash == name.npos || name.substr(0, slash) != folder) {
      return refuse_archive(where, "is an archive, but not one of PyTorch", "");
    }
    entries[std::string(name.substr(slash + 1))] = {
        .index = stat.index,
        .bytes = stat.size,
        .stored = stat.comp_method == ZIP_CM_STORE && stat.comp_size == stat.size,
        .encrypted = stat.encryption_method != ZIP_EM_NONE};
  }
  return entries;
}

// A checked copy, of at most `limit` bytes.
Result<Bytes> read_entry(zip_t* archive, const Entry& entry, std::uint64_t limit, const std::string& where) {
  if (entry.encrypted) return refuse_archive(where, "is encrypted", kSaveAgain);
  if (!entry.stored) return refuse_archive(where, "is compressed, which PyTorch never does to weights", kSaveAgain);
  if (entry.bytes > limit) return refuse_archive(where, "overlaps other entries");
  const EntryFile file(zip_fopen_index(archive, entry.index, 0));
  AlignedBuffer data(entry.bytes);
  if (file == nullptr || zip_fread(file.get(), data.data(), entry.bytes) != static_cast<zip_int64_t>(entry.bytes)) {
    return refuse_archive(where,
                          fmt::format("is damaged ({})", file ? zip_file_strerror(file.get()) : zip_strerror(archive)));
  }
  // The CRC is compared when the end is seen.
  std::byte beyond{};
  if (zip_fread(file.get(), &beyond, 1) != 0) return refuse_archive(where, "is damaged (CRC)");
  return Bytes(std::move(data));
}

Result<Bytes> read_named(zip_t* archive, const Entries& entries, std::string_view name, std::uint64_t limit,
                         std::string_view where) {
  const std::string place = fmt::format("{}: {}", where, shown(name));
  const auto found = entries.find(name);
  if (found == entries.end()) return refuse_archive(place, "is not in the archive");
  return read_entry(archive, found->second, limit, place);
}

Status check_kind(zip_t* archive, const Entries& entries, std::uint64_t limit, std::string_view where) {
  if (entries.contains("constants.pkl")) {
    return refuse_archive(where, "is a TorchScript program, and only weights are read",
                          "in Python: torch.save(model.state_dict(), path)");
  }
  if (!entries.contains("data.pkl")) return refuse_archive(where, "is an archive, but not one of PyTorch", "");
  if (!entries.contains("byteorder")) return {};
  PAW_ASSIGN_OR_RETURN(const Bytes order, read_named(archive, entries, "byteorder", limit, where));
  const std::string_view text(reinterpret_cast<const char*>(order.data()), order.size());
  if (text == "little") return {};
  return refuse_archive(where, "was written by a big-endian machine", kSaveAgain);
}

Status read_storages(zip_t* archive, const Entries& entries, std::uint64_t limit, std::string_view where,
                     Contents& contents) {
  for (const Storage& storage : contents.pickle.storages) {
    const std::string name = fmt::format("data/{}", storage.key);
    const std::string place = fmt::format("{}: {}", where, shown(name));
    const auto found = entries.find(name);
    if (found == entries.end()) return refuse_archive(place, "is not in the archive");
    const std::uint64_t bytes = found->second.bytes, width = storage_bytes(storage.dtype, 1);
    if (bytes % width != 0 || bytes / width != static_cast<std::uint64_t>(storage.elements)) {
      return refuse_archive(place, fmt::format("holds {} bytes where {} elements of {} are stated", bytes,
                                               storage.elements, paw::name(storage.dtype)));
    }
    PAW_ASSIGN_OR_RETURN(Bytes data, read_entry(archive, found->second, limit, place));
    limit -= bytes;
    contents.storages.push_back(std::move(data));
  }
  return {};
}

}  // namespace

Result<Contents> read_archive(const Bytes& file, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const Archive archive, open_archive(file, where));
  PAW_ASSIGN_OR_RETURN(const Entries entries, list_entries(archive.get(), where));
  PAW_RETURN_IF_ERROR(check_kind(archive.get(), entries, file.size(), where));
  PAW_ASSIGN_OR_RETURN(const Bytes pickle, read_named(archive.get(), entries, "data.pkl", file.size(), where));
  Contents contents{.pickle_bytes = pickle, .pickle = {}, .storages = {}};
  std::size_t at = 0;
  PAW_ASSIGN_OR_RETURN(contents.pickle, read_pickle(pickle.span(), at, fmt::format("{}: data.pkl", where)));
  if (at != pickle.size()) return refuse_archive(fmt::format("{}: data.pkl", where), "bytes follow its end");
  PAW_RETURN_IF_ERROR(read_storages(archive.get(), entries, file.size() - pickle.size(), where, contents));
  return contents;
}

}  // namespace paw::pytorch
