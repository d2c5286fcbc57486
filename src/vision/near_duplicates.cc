#include "vision/near_duplicates.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <set>
#include <tuple>

namespace paw {

namespace {

constexpr int kBands = 4, kBandBits = 16;
constexpr int kFarthest = 11;    // bits that may differ: then some band has at most two of them
constexpr double kAlike = 0.93;  // correlation of grey thumbnails

std::uint32_t band(std::uint64_t hash, int number) {
  return static_cast<std::uint32_t>(hash >> (kBandBits * number)) & 0xFFFFu;
}

// All values that differ in at most two bits from 0.
std::vector<std::uint32_t> few_bits() {
  std::vector<std::uint32_t> masks = {0};
  for (int a = 0; a < kBandBits; ++a) {
    masks.push_back(1u << a);
    for (int b = 0; b < a; ++b) masks.push_back(1u << a | 1u << b);
  }
  return masks;
}

// All hashes of all parts, found by one band of theirs.
class BandIndex {
 public:
  BandIndex(std::span<const PhotoSignature> signatures, int number) : number_(number), begins_((1u << kBandBits) + 1) {
    const auto each = [&](const auto& act) {
      for (std::size_t i = 0; i < signatures.size(); ++i) {
        for (const std::uint64_t hash : signatures[i].hashes) act(hash, static_cast<std::uint32_t>(i));
      }
    };
    each([&](std::uint64_t hash, std::uint32_t) { ++begins_[band(hash, number) + 1]; });
    std::partial_sum(begins_.begin(), begins_.end(), begins_.begin());
    entries_.resize(signatures.size() * PhotoSignature::kParts);
    std::vector<std::uint32_t> at = begins_;
    each([&](std::uint64_t hash, std::uint32_t photo) { entries_[at[band(hash, number)]++] = {hash, photo}; });
  }

  // Photos other than `self` with a part whose hash is near.
  void find(std::uint64_t hash, std::uint32_t self, std::set<std::uint32_t>& found) const {
    static const std::vector<std::uint32_t> kMasks = few_bits();
    for (const std::uint32_t mask : kMasks) {
      const std::uint32_t key = band(hash, number_) ^ mask;
      for (std::uint32_t k = begins_[key]; k < begins_[key + 1]; ++k) {
        const Entry& entry = entries_[k];
        if (entry.photo != self && std::popcount(entry.hash ^ hash) <= kFarthest) found.insert(entry.photo);
      }
    }
  }

 private:
  struct Entry {
    std::uint64_t hash;
    std::uint32_t photo;
  };
  int number_;
  std::vector<std::uint32_t> begins_;
  std::vector<Entry> entries_;
};

}  // namespace

std::vector<NearDuplicates> find_near_duplicates(std::span<const PhotoSignature> signatures) {
  std::vector<std::set<std::uint32_t>> plain(signatures.size()), mirrored(signatures.size());
  for (int number = 0; number < kBands; ++number) {  // one index in memory at a time
    const BandIndex index(signatures, number);
    for (std::size_t i = 0; i < signatures.size(); ++i) {
      index.find(signatures[i].hashes[0], static_cast<std::uint32_t>(i), plain[i]);
      index.find(signatures[i].mirrored, static_cast<std::uint32_t>(i), mirrored[i]);
    }
  }
  std::vector<NearDuplicates> pairs;
  for (std::size_t i = 0; i < signatures.size(); ++i) {
    for (const bool mirror : {false, true}) {
      for (const std::uint32_t k : (mirror ? mirrored : plain)[i]) {
        const double alike = likeness(signatures[i], signatures[k], mirror);
        if (alike >= kAlike) pairs.push_back({std::min<std::size_t>(i, k), std::max<std::size_t>(i, k), alike});
      }
    }
  }
  const auto order = [](const NearDuplicates& p) { return std::tuple(p.first, p.second, -p.likeness); };
  std::ranges::sort(pairs, {}, order);
  const auto same =
      std::ranges::unique(pairs, {}, [](const NearDuplicates& p) { return std::pair(p.first, p.second); });
  pairs.erase(same.begin(), same.end());
  return pairs;
}

std::vector<std::optional<std::uint32_t>> connect(std::size_t count, std::span<const NearDuplicates> pairs) {
  std::vector<std::size_t> leader(count);
  std::iota(leader.begin(), leader.end(), std::size_t{0});
  const auto find = [&](std::size_t i) {
    while (leader[i] != i) i = leader[i] = leader[leader[i]];
    return i;
  };
  std::vector<bool> paired(count);
  for (const NearDuplicates& pair : pairs) {
    const std::size_t a = find(pair.first), b = find(pair.second);
    leader[std::max(a, b)] = std::min(a, b);
    paired[pair.first] = paired[pair.second] = true;
  }
  std::vector<std::optional<std::uint32_t>> groups(count), of_leader(count);
  std::uint32_t next = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!paired[i]) continue;
    std::optional<std::uint32_t>& group = of_leader[find(i)];
    if (!group) group = next++;
    groups[i] = group;
  }
  return groups;
}

}  // namespace paw
