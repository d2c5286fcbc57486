#include "host/blob_cache.h"

#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "host/file.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

struct Header {
  std::array<char, 8> magic = {'P', 'A', 'W', 'B', 'L', 'O', 'B', '1'};
  std::uint64_t bytes = 0;
  std::uint32_t crc = 0;  // CRC-32 of the rest
  std::uint32_t reserved = 0;
};
static_assert(sizeof(Header) == 24);

// File systems stamp files with a clock that goes in steps, and lags behind.
constexpr std::chrono::seconds kClockStep{1};

std::uint32_t checksum(std::uint32_t crc, std::span<const std::byte> data) {
  return static_cast<std::uint32_t>(::crc32_z(crc, reinterpret_cast<const Bytef*>(data.data()), data.size()));
}

}  // namespace

fs::path cache_folder() {
  const auto variable = [](const char* name) -> fs::path {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "pawprint";
  const fs::path home = variable("HOME");
  return home.empty() ? fs::path() : home / ".cache/pawprint";
}

BlobCache::BlobCache(fs::path folder, std::uint64_t max_bytes)
    : folder_(std::move(folder)), max_bytes_(max_bytes), opened_(fs::file_time_type::clock::now() - kClockStep) {
  if (folder_.empty()) return;
  std::error_code error;
  fs::create_directories(folder_, error);
  usable_ = !error && ::access(folder_.c_str(), W_OK) == 0;
  if (usable_) make_room(max_bytes);
}

BlobCache::BlobCache(fs::path folder) : folder_(std::move(folder)) {
  std::error_code error;
  usable_ = !folder_.empty() && fs::is_directory(folder_, error);
}

void BlobCache::make_room(std::uint64_t most) {
  struct Entry {
    fs::file_time_type used;
    fs::path path;
    std::uint64_t bytes;
  };
  std::vector<Entry> entries;
  std::error_code error;
  std::uint64_t sum = 0;
  for (const fs::directory_entry& file : fs::directory_iterator(folder_, error)) {
    if (!file.is_regular_file(error)) continue;
    entries.push_back({file.last_write_time(error), file.path(), file.file_size(error)});
    sum += entries.back().bytes;
  }
  std::ranges::sort(entries, {}, &Entry::used);
  for (const Entry& entry : entries) {
    if (sum <= most || entry.used >= opened_) break;
    if (fs::remove(entry.path, error)) sum -= entry.bytes;
  }
  bytes_ = sum;
}

std::optional<Bytes> BlobCache::get(std::string_view name) const {
  if (!usable_) return std::nullopt;
  const fs::path path = folder_ / name;
  const auto file = map_file(path);
  Header header;
  if (!file || file->size() < sizeof(Header)) return std::nullopt;
  std::memcpy(&header, file->data(), sizeof(Header));
  Bytes data = file->slice(sizeof(Header), file->size() - sizeof(Header));
  if (header.magic != Header{}.magic || header.bytes != data.size() || checksum(0, data.span()) != header.crc) {
    return std::nullopt;
  }
  std::error_code error;
  fs::last_write_time(path, fs::file_time_type::clock::now(), error);
  return data;
}

void BlobCache::put(std::string_view name, std::initializer_list<std::span<const std::byte>> parts) {
  if (!usable_ || full_) return;
  Header header;
  for (const std::span<const std::byte> part : parts) {
    header.bytes += part.size();
    header.crc = checksum(header.crc, part);
  }
  const std::uint64_t needed = sizeof(Header) + header.bytes;
  if (bytes_ + needed > max_bytes_) {
    const std::lock_guard lock(removing_);
    // A tenth more than is needed, so that the folder is not read again for every blob.
    if (bytes_ + needed > max_bytes_) make_room(max_bytes_ - std::min(max_bytes_, needed + max_bytes_ / 10));
    full_ = full_ || bytes_ + needed > max_bytes_;
    if (full_) return;
  }
  const auto head = std::as_bytes(std::span(&header, 1));
  std::vector<std::byte> file(head.begin(), head.end());
  file.reserve(file.size() + header.bytes);
  for (const std::span<const std::byte> part : parts) file.insert(file.end(), part.begin(), part.end());
  if (!write_file_unsynced(folder_ / name, file)) return;
  bytes_ += needed;
}

}  // namespace paw
