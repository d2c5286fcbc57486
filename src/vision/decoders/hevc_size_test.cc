#include "vision/decoders/hevc_size.h"

#include <gtest/gtest.h>

#include "vision/photo_testing.h"

namespace paw::hevc_size_test {

// Writes a payload bit by bit, with the bytes that keep start codes out.
class BitWriter {
 public:
  void put(std::uint64_t value, unsigned count) {
    for (unsigned i = count; i-- > 0;) bits_.push_back((value >> i & 1) != 0);
  }
  void put_ue(std::uint64_t value) {
    unsigned length = 1;
    while ((value + 1) >> length != 0) ++length;
    put(0, length - 1);
    put(value + 1, length);
  }
  File nal() const {
    File file = {std::byte{0x42}, std::byte{1}};
    int zeros = 0;
    for (std::size_t at = 0; at < bits_.size(); at += 8) {
      unsigned byte = 0;
      for (std::size_t i = at; i < at + 8; ++i) byte = byte << 1 | static_cast<unsigned>(i < bits_.size() && bits_[i]);
      if (zeros >= 2 && byte <= 3) {
        file.push_back(std::byte{3});
        zeros = 0;
      }
      zeros = byte == 0 ? zeros + 1 : 0;
      file.push_back(static_cast<std::byte>(byte));
    }
    return file;
  }

 private:
  std::vector<bool> bits_;
};

File sps(std::uint64_t width, std::uint64_t height, unsigned sub_layers = 1, std::uint64_t chroma = 1) {
  BitWriter bits;
  bits.put(0, 4);
  bits.put(sub_layers - 1, 3);
  bits.put(1, 1);
  bits.put(0x0160000000, 40);
  bits.put(0, 48);  // reserved zeros: three bytes 3 among them
  bits.put(93, 8);
  if (sub_layers > 1) {
    for (unsigned i = 1; i < 9; ++i) bits.put(i < sub_layers ? 3 : 0, 2);
    for (unsigned i = 1; i < sub_layers; ++i) {
      bits.put(0, 60);
      bits.put(0, 36);
    }
  }
  bits.put_ue(0);
  bits.put_ue(chroma);
  if (chroma == 3) bits.put(0, 1);
  bits.put_ue(width);
  bits.put_ue(height);
  bits.put(0x5A5A, 16);  // what follows
  return bits.nal();
}

TEST(HevcSize, ReadsAnySubLayersAndChroma) {
  for (const unsigned sub_layers : {1U, 2U, 7U}) {
    for (const std::uint64_t chroma : {0U, 1U, 3U}) {
      EXPECT_EQ(sps_size(sps(4032, 3024, sub_layers, chroma)), (CodedSize{4032, 3024})) << sub_layers << ' ' << chroma;
    }
  }
}

TEST(HevcSize, FindsTheLargestAnywhere) {
  File file(1'000, std::byte{0x42});
  append(file, sps(64, 64));
  append(file, sps(60'000, 50'000));
  append(file, sps(1'000, 1'000));
  EXPECT_EQ(largest_sps(file), (CodedSize{60'000, 50'000}));
}

TEST(HevcSize, CutAnywhereIsNone) {
  const File whole = sps(4032, 3024);
  for (std::size_t size = 0; size + 3 < whole.size(); ++size) {
    EXPECT_FALSE(sps_size(std::span(whole).first(size)).has_value());
  }
}

// What a real photo's data look like: refusing one by accident is out of the question.
TEST(HevcSize, RandomBytesClaimNothingHuge) {
  File file;
  Random random(8);
  for (int i = 0; i < 400'000; ++i) append_int(file, random.bits(), 8);
  const CodedSize size = largest_sps(file);
  EXPECT_LT(size.width * size.height, 4'000'000) << size.width << " x " << size.height;
}

}  // namespace paw::hevc_size_test
