#include "formats/coreml/weight_file.h"

#include <cstring>
#include <functional>

namespace paw::coreml {

namespace {

constexpr std::uint64_t kAlignment = 64;
constexpr std::uint32_t kWeightsVersion = 2;
constexpr std::uint32_t kSentinel = 0xDEADBEEF;

constexpr std::uint64_t aligned(std::uint64_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

// Offsets within the header of the file, and of a record.
constexpr std::size_t kCountAt = 0, kVersionAt = 4;
constexpr std::size_t kSentinelAt = 0, kTypeAt = 4, kSizeAt = 8, kDataAt = 16, kPaddingAt = 24;

template <class T>
T get(std::span<const std::byte> bytes, std::uint64_t at) {
  T value;
  std::memcpy(&value, &bytes[at], sizeof value);
  return value;
}

template <class T>
void put(std::byte* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

std::uint64_t data_bytes(MilType type, std::size_t elements) {
  return (static_cast<std::uint64_t>(elements) * static_cast<std::uint64_t>(bits(type)) + 7) / 8;
}

}  // namespace

std::uint64_t WeightFileWriter::add(MilType type, Bytes data, std::size_t elements) {
  const std::string_view text(reinterpret_cast<const char*>(data.data()), data.size());
  const std::size_t hash = std::hash<std::string_view>()(text);
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    const Part& part = parts_[it->second];
    if (part.type == type && part.data == data) return part.offset;
  }
  by_hash_.emplace(hash, parts_.size());
  const std::uint64_t used = static_cast<std::uint64_t>(elements) * static_cast<std::uint64_t>(bits(type)) % 8;
  const std::uint64_t offset = end_;
  end_ = aligned(offset + kAlignment + data.size());
  parts_.push_back({offset, type, std::move(data), used == 0 ? 0 : 8 - used});
  return offset;
}

Bytes WeightFileWriter::finish() const {
  if (parts_.empty()) return {};
  AlignedBuffer buffer(static_cast<std::size_t>(end_));
  put(buffer.data() + kCountAt, static_cast<std::uint32_t>(parts_.size()));
  put(buffer.data() + kVersionAt, kWeightsVersion);
  for (const Part& part : parts_) {
    std::byte* record = buffer.data() + part.offset;
    put(record + kSentinelAt, kSentinel);
    put(record + kTypeAt, static_cast<std::uint32_t>(blob_code(part.type)));
    put(record + kSizeAt, static_cast<std::uint64_t>(part.data.size()));
    put(record + kDataAt, part.offset + kAlignment);
    put(record + kPaddingAt, part.padding_bits);
    if (!part.data.empty()) std::memcpy(record + kAlignment, part.data.data(), part.data.size());
  }
  return {std::move(buffer)};
}

Result<WeightFile> WeightFile::open(Bytes file, std::string_view where) {
  WeightFile weights;
  weights.where_ = where;
  const auto refuse = [&](std::string_view message) { return fail(ErrorCode::kUnsupported, where, message); };
  if (!file.empty()) {
    if (file.size() < kAlignment) return refuse("is too short for its header");
    const auto version = get<std::uint32_t>(file.span(), kVersionAt);
    if (version != kWeightsVersion) {
      return refuse("has version " + std::to_string(version) + ", not 2");
    }
  }
  weights.file_ = std::move(file);
  return weights;
}

Result<Bytes> WeightFile::blob(std::uint64_t offset, MilType type, std::size_t elements) {
  const auto refuse = [&](std::string_view message) {
    return fail(ErrorCode::kUnsupported, where_ + ": record at " + std::to_string(offset), message);
  };
  const std::uint64_t size = file_.size();
  if (offset % kAlignment != 0 || offset < kAlignment) return refuse("is not at a multiple of 64");
  if (offset > size || size - offset < kAlignment)
    return refuse("lies outside the file of " + std::to_string(size) + " bytes");
  const auto record = file_.span().subspan(static_cast<std::size_t>(offset), kAlignment);
  if (get<std::uint32_t>(record, kSentinelAt) != kSentinel) return refuse("does not begin with its mark 0xDEADBEEF");
  const auto code = get<std::uint32_t>(record, kTypeAt);
  if (code != static_cast<std::uint32_t>(blob_code(type)) || code == 0) {
    return refuse("holds element type " + std::to_string(code) + ", the program says " + std::string(name(type)));
  }
  const auto bytes = get<std::uint64_t>(record, kSizeAt), data = get<std::uint64_t>(record, kDataAt);
  const std::uint64_t wanted = data_bytes(type, elements);
  if (bytes != wanted) {
    return refuse("holds " + std::to_string(bytes) + " bytes, the program needs " + std::to_string(wanted));
  }
  if (data != offset + kAlignment || bytes > size - data)
    return refuse("has its numbers outside the file or elsewhere");
  const auto next = taken_.upper_bound(offset);
  const bool after = next != taken_.end() && next->first < data + bytes;
  const bool before = next != taken_.begin() && std::prev(next)->first != offset && std::prev(next)->second > offset;
  if (after || before) return refuse("overlaps another record");
  taken_.emplace(offset, data + bytes);
  return file_.slice(static_cast<std::size_t>(data), static_cast<std::size_t>(bytes));
}

}  // namespace paw::coreml
