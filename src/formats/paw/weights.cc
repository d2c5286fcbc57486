#include "formats/paw/weights.h"

#include <zlib.h>

#include <algorithm>

namespace paw::paw_file {

namespace {

// A few bytes of text can name the same constant again. Checking a constant may read it, so the sum is bounded;
// nets that are all zeros, the worst honest case, stay below ten times their section.
constexpr std::uint64_t kMostReuse = 16;
constexpr std::uint64_t kAlwaysAllowed = std::uint64_t{64} << 20;

std::uint64_t content_hash(const Bytes& data) {
  const auto* p = reinterpret_cast<const Bytef*>(data.data());
  return data.size() << 32 ^ crc32_z(0, p, data.size());
}

std::unexpected<Error> refuse(std::string_view message) { return fail(ErrorCode::kUnsupported, {}, message); }

}  // namespace

std::uint64_t WeightWriter::place(const Bytes& data) {
  const std::uint64_t hash = content_hash(data);
  const auto [first, last] = by_content_.equal_range(hash);
  for (auto it = first; it != last; ++it) {
    if (parts_[it->second].data == data) return parts_[it->second].offset;
  }
  const std::uint64_t offset = aligned(end_);
  by_content_.emplace(hash, parts_.size());
  parts_.push_back({offset, data});
  end_ = offset + data.size();
  return offset;
}

Result<Bytes> WeightReader::resolve(std::uint64_t offset, std::uint64_t bytes) {
  const std::string what = "constant at " + std::to_string(offset) + " of WGHT";
  if (bytes == 0) return refuse(what + " is empty");
  if (offset % kAlignment != 0) return refuse(what + " is not 64-byte aligned");
  if (offset > section_.size() || bytes > section_.size() - offset) {
    return refuse(what + " needs " + std::to_string(bytes) + " bytes and reaches past the section's " +
                  std::to_string(section_.size()));
  }
  const auto [at, fresh] = claimed_.emplace(offset, bytes);
  if (!fresh && at->second != bytes) return refuse(what + " is named with two different sizes");
  handed_out_ += bytes;
  if (handed_out_ > std::max(kAlwaysAllowed, section_.size() * kMostReuse)) {
    return refuse("the constants of WGHT are named too often");
  }
  return section_.slice(offset, bytes);
}

std::string WeightReader::unclaimed() const {
  std::uint64_t end = 0;
  for (const auto& [offset, bytes] : claimed_) {
    if (offset < end) return "the constant at " + std::to_string(offset) + " overlaps the one before it";
    if (offset != aligned(end)) return "no constant names its bytes at " + std::to_string(aligned(end));
    for (std::uint64_t i = end; i < offset; ++i) {
      if (section_.data()[i] != std::byte{0}) return "the padding at " + std::to_string(i) + " is not zero";
    }
    end = offset + bytes;
  }
  if (end != section_.size()) return "no constant names its bytes from " + std::to_string(end) + " on";
  return {};
}

}  // namespace paw::paw_file
