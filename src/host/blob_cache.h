// What was computed once, on disk, by name: a folder of files that may be deleted at any time. Nothing depends on it
// but time: what is not there, or not whole, is computed again.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace paw {

// $XDG_CACHE_HOME/pawprint, else ~/.cache/pawprint; empty when the environment names neither. A relative XDG_CACHE_HOME
// is ignored (XDG Base Directory Specification).
std::filesystem::path cache_folder();

class BlobCache {
 public:
  // An empty folder, or one that cannot be made or written: nothing is found or kept. What was used longest ago goes
  // when there would be more than `max_bytes`, but nothing that was used since this was made: more than fits at once
  // does not drive itself out, what came first stays.
  BlobCache(std::filesystem::path folder, std::uint64_t max_bytes);
  // What is there is found; nothing is made, kept or removed.
  explicit BlobCache(std::filesystem::path folder);

  bool usable() const { return usable_; }
  // The blob, mapped, when it is there and its checksum is right. May be called from several threads, as may put().
  std::optional<Bytes> get(std::string_view name) const;
  // Keeps the parts as one blob, if there is room. Does not wait for the disk: what a crash cut short is not found.
  void put(std::string_view name, std::initializer_list<std::span<const std::byte>> parts);

 private:
  // Until there are at most `most` bytes, as far as the rule above allows.
  void make_room(std::uint64_t most);

  std::filesystem::path folder_;
  std::uint64_t max_bytes_ = 0;
  bool usable_ = false;
  std::filesystem::file_time_type opened_;
  std::mutex removing_;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<bool> full_ = false;  // of what this process uses
};

}  // namespace paw
