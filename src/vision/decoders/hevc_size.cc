#include "vision/decoders/hevc_size.h"

#include <algorithm>
#include <cstring>

#include "vision/decoders/decoder.h"

namespace paw {
namespace {

constexpr std::uint32_t kMaxSubLayers = 7;
constexpr unsigned kProfileBits = 88, kLevelBits = 8;

// Bits of a NAL's payload, without the bytes that keep start codes out of it (7.3.1.1). Zeros past the end, and
// `ended`.
class Bits {
 public:
  explicit Bits(std::span<const std::byte> payload) : payload_(payload) {}

  bool ended() const { return ended_; }

  std::uint32_t read(unsigned count) {
    std::uint32_t value = 0;
    for (unsigned i = 0; i < count; ++i) value = value << 1 | bit();
    return value;
  }

  void skip(unsigned count) {
    for (unsigned i = 0; i < count; ++i) bit();
  }

  // Exp-Golomb, 9.2.
  std::uint64_t read_ue() {
    unsigned zeros = 0;
    while (zeros < 32 && !ended_ && bit() == 0) ++zeros;
    return (std::uint64_t{1} << zeros) - 1 + read(zeros);
  }

 private:
  std::uint32_t bit() {
    if (left_ == 0) next_byte();
    --left_;
    return byte_ >> left_ & 1;
  }

  void next_byte() {
    if (zeros_ >= 2 && at_ < payload_.size() && payload_[at_] == std::byte{3}) {
      ++at_;
      zeros_ = 0;
    }
    ended_ = at_ >= payload_.size();
    byte_ = ended_ ? 0 : byte_at(payload_, at_++);
    zeros_ = byte_ == 0 ? zeros_ + 1 : 0;
    left_ = 8;
  }

  std::span<const std::byte> payload_;
  std::size_t at_ = 0;
  std::uint32_t byte_ = 0;
  unsigned left_ = 0, zeros_ = 0;
  bool ended_ = false;
};

// 7.3.3
void skip_profile_tier_level(Bits& bits, std::uint32_t sub_layers) {
  bits.skip(kProfileBits + kLevelBits);
  if (sub_layers == 1) return;
  std::uint32_t present[kMaxSubLayers + 1] = {};
  for (std::uint32_t i = 0; i < 8; ++i) present[i] = bits.read(2);  // those past the last one are reserved zeros
  for (std::uint32_t i = 0; i + 1 < sub_layers; ++i) {
    if ((present[i] & 2) != 0) bits.skip(kProfileBits);
    if ((present[i] & 1) != 0) bits.skip(kLevelBits);
  }
}

}  // namespace

std::optional<CodedSize> sps_size(std::span<const std::byte> nal) {
  // Type 33 of layer 0, any temporal id.
  if (nal.size() < 3 || byte_at(nal, 0) != 0x42 || byte_at(nal, 1) > 7) return std::nullopt;
  Bits bits(nal.subspan(2));
  bits.skip(4);  // video parameter set
  const std::uint32_t sub_layers = bits.read(3) + 1;
  bits.skip(1);  // nesting
  if (sub_layers > kMaxSubLayers) return std::nullopt;
  skip_profile_tier_level(bits, sub_layers);
  bits.read_ue();  // its number
  const std::uint64_t chroma = bits.read_ue();
  if (chroma > 3) return std::nullopt;
  if (chroma == 3) bits.skip(1);  // separate planes
  const auto width = static_cast<std::int64_t>(bits.read_ue());
  const auto height = static_cast<std::int64_t>(bits.read_ue());
  if (bits.ended()) return std::nullopt;
  return CodedSize{width, height};
}

CodedSize largest_sps(std::span<const std::byte> file) {
  CodedSize largest;
  const auto area = [](const CodedSize& size) {
    return static_cast<double>(size.width) * static_cast<double>(size.height);
  };
  for (std::size_t at = 0; at < file.size(); ++at) {
    const void* found = std::memchr(&file[at], 0x42, file.size() - at);
    if (found == nullptr) break;
    at = static_cast<std::size_t>(static_cast<const std::byte*>(found) - file.data());
    const auto size = sps_size(file.subspan(at));
    if (size && area(*size) > area(largest)) largest = *size;
  }
  return largest;
}

}  // namespace paw
