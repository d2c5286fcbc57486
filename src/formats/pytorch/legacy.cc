#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>

#include "formats/pytorch/container.h"
#include "host/text.h"

namespace paw::pytorch {

namespace {

using Kind = Value::Kind;
using Span = std::span<const std::byte>;

// The pickle of 0x1950a86a20f9469cfc6c: protocol 2, LONG1, STOP. It begins every file of this form.
constexpr std::array<std::uint8_t, 15> kMagic = {0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46,
                                                 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e};
constexpr std::array<char, 4> kZip = {'P', 'K', 3, 4};
constexpr std::int64_t kProtocol = 1001;
bool starts_with(Span file, const void* magic, std::size_t bytes) {
  return file.size() >= bytes && std::memcmp(file.data(), magic, bytes) == 0;
}

std::unexpected<Error> broken(std::string_view where, std::string_view message) {
  return fail(ErrorCode::kUnsupported, where, message, "copy or download it again");
}

Status check_system(Span file, std::size_t& at, std::string_view where) {
  PAW_ASSIGN_OR_RETURN(const Pickle protocol, read_pickle(file, at, where));
  if (protocol.root.kind != Kind::kInt || protocol.root.number != kProtocol) {
    return broken(where, fmt::format("is not of protocol {}, the only one there is", kProtocol));
  }
  PAW_ASSIGN_OR_RETURN(const Pickle system, read_pickle(file, at, where));
  const Value* little = system.root.kind == Kind::kDict ? system.find(system.root, "little_endian") : nullptr;
  if (little == nullptr || little->kind != Kind::kBool) return broken(where, "does not say in which byte order it is");
  if (little->number == 1) return {};
  return fail(ErrorCode::kUnsupported, where, "was written by a big-endian machine",
              "load it with PyTorch and save it again");
}

// The numbers of the storage at `at`, which moves behind them.
Result<Bytes> take_storage(const Bytes& file, std::size_t& at, const Storage& storage, const std::string& where) {
  std::int64_t count = 0;
  if (file.size() - at < sizeof count) return broken(where, "is cut off before it");
  std::memcpy(&count, file.data() + at, sizeof count);
  at += sizeof count;
  if (count != storage.elements) {
    return broken(where, fmt::format("holds {} elements where {} are stated", count, storage.elements));
  }
  const std::size_t width = storage_bytes(storage.dtype, 1);
  if (static_cast<std::uint64_t>(count) > (file.size() - at) / width) return broken(where, "is cut off within it");
  const std::size_t bytes = static_cast<std::size_t>(count) * width;
  Bytes data = file.slice(at, bytes);
  at += bytes;
  return data;
}

Status read_legacy_storages(const Bytes& file, std::size_t at, std::string_view where, Contents& contents) {
  PAW_ASSIGN_OR_RETURN(const Pickle keys, read_pickle(file.span(), at, where));
  if (keys.root.kind != Kind::kList) return broken(where, "does not list its storages");
  std::map<std::string_view, std::size_t> missing;
  for (std::size_t i = 0; i < contents.pickle.storages.size(); ++i) missing[contents.pickle.storages[i].key] = i;
  contents.storages.resize(contents.pickle.storages.size());
  for (const Value& key : keys.list(keys.root)) {
    if (key.kind != Kind::kText) return broken(where, "does not list its storages by name");
    const auto found = missing.find(keys.text(key));
    const std::string place = fmt::format("{}: storage '{}'", where, printable(clip(keys.text(key), kShownName)));
    if (found == missing.end()) return broken(place, "is listed twice, or is no tensor's");
    const std::size_t i = found->second;
    missing.erase(found);
    PAW_ASSIGN_OR_RETURN(contents.storages[i], take_storage(file, at, contents.pickle.storages[i], place));
  }
  if (!missing.empty()) {
    return broken(where,
                  fmt::format("does not hold its storage '{}'", printable(clip(missing.begin()->first, kShownName))));
  }
  if (at != file.size()) return broken(where, fmt::format("{} bytes follow its last storage", file.size() - at));
  return {};
}

}  // namespace

Form form_of(Span file) {
  if (starts_with(file, kMagic.data(), kMagic.size())) return Form::kLegacy;
  return starts_with(file, kZip.data(), kZip.size()) ? Form::kArchive : Form::kNone;
}

Result<Contents> read_legacy(const Bytes& file, std::string_view where) {
  std::size_t at = kMagic.size();
  PAW_RETURN_IF_ERROR(check_system(file.span(), at, where));
  Contents contents{.pickle_bytes = file, .pickle = {}, .storages = {}};
  PAW_ASSIGN_OR_RETURN(contents.pickle, read_pickle(file.span(), at, where));
  PAW_RETURN_IF_ERROR(read_legacy_storages(file, at, where, contents));
  return contents;
}

}  // namespace paw::pytorch
