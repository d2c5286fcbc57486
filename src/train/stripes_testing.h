// A small problem that a small net learns: pictures of stripes across or along.
#pragma once

#include "base/random.h"
#include "train/data.h"

namespace paw::testing_stripes {

inline constexpr std::int64_t kSize = 8;

// Stripes across (class 0) or along (class 1), with noise that is another in every epoch.
class Stripes final : public ExampleSource {
 public:
  Stripes(std::int64_t count, std::uint64_t seed) : count_(count), seed_(seed) {}
  std::int64_t size() const override { return count_; }
  Status read(std::int64_t index, std::int64_t epoch, std::span<float> input, std::span<float> target) const override {
    if (index == missing) return fail(ErrorCode::kIo, "photo 7", "is gone");
    Random random(seed_ + static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(index));
    const std::int64_t label = index % 2;
    const auto phase = static_cast<std::int64_t>(random.below(2));
    if (!target.empty()) {
      target[0] = label == 0 ? 1 : 0;
      target[1] = 1 - target[0];
    }
    for (std::int64_t i = 0; i < kSize * kSize * 3; ++i) {
      const std::int64_t along = label == 0 ? i / 3 / kSize : i / 3 % kSize;
      const double stripe = (along + phase) % 2 == 0 ? 0.7 : -0.7;
      input[static_cast<std::size_t>(i)] = static_cast<float>(stripe * gain + 0.3 * random.normal());
    }
    return {};
  }
  std::int64_t missing = -1;
  double gain = 1;

 private:
  std::int64_t count_;
  std::uint64_t seed_;
};

}  // namespace paw::testing_stripes
