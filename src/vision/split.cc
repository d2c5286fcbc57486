#include "vision/split.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "base/random.h"

namespace paw {

namespace {

constexpr std::size_t kSplits = 3;

std::uint64_t word(const Sha256& hash, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value = value << 8 | hash[at + i];
  return value;
}

// Photos that go together; most are alone.
struct Unit {
  std::vector<std::size_t> items;
  std::uint64_t key = 0;  // random by content: the order in which units are dealt out
};

class Dealer {
 public:
  Dealer(std::span<const SplitItem> items, std::uint64_t seed, const SplitShares& shares)
      : items_(items), seed_(seed), result_(items.size(), Split::kTrain) {
    for (const SplitItem& item : items) wanted_[item.label][0] += 1;
    for (auto& [label, wanted] : wanted_) {
      const std::int64_t count = wanted[0];
      wanted[2] = part(count, shares.test, count >= 2);
      wanted[1] = part(count, shares.val, count >= 3);
      wanted[0] = count - wanted[1] - wanted[2];
    }
  }

  std::vector<Split> deal() {
    std::vector<Unit> units = make_units();
    // Large groups first, while there is room for them everywhere.
    std::ranges::sort(units, [&](const Unit& a, const Unit& b) {
      if (a.items.size() != b.items.size()) return a.items.size() > b.items.size();
      return a.key != b.key ? a.key < b.key : items_[a.items[0]].sha256 < items_[b.items[0]].sha256;
    });
    for (const Unit& unit : units) {
      const std::size_t to = unit.items.size() == 1 ? place_one(unit) : place_group(unit);
      for (const std::size_t i : unit.items) {
        result_[i] = static_cast<Split>(to);
        wanted_[items_[i].label][to] -= 1;
      }
    }
    return std::move(result_);
  }

 private:
  using Counts = std::array<std::int64_t, kSplits>;

  static std::int64_t part(std::int64_t count, double share, bool at_least_one) {
    if (share <= 0) return 0;
    const auto rounded = static_cast<std::int64_t>(std::floor(share * static_cast<double>(count) + 0.5));
    return std::max<std::int64_t>(rounded, at_least_one ? 1 : 0);
  }

  std::vector<Unit> make_units() const {
    std::vector<Unit> units;
    std::map<std::uint32_t, std::size_t> groups;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      const std::optional<std::uint32_t> group = items_[i].group;
      const bool known = group && groups.contains(*group);
      if (group && !known) groups[*group] = units.size();
      if (!known) units.emplace_back();
      units[known ? groups[*group] : units.size() - 1].items.push_back(i);
    }
    for (Unit& unit : units) {
      // The member that comes first by content stands for the group.
      std::ranges::sort(unit.items, {}, [&](std::size_t i) -> const Sha256& { return items_[i].sha256; });
      const Sha256& hash = items_[unit.items[0]].sha256;
      unit.key = random_bits(seed_ ^ word(hash, 16), word(hash, 0), word(hash, 8));
    }
    return units;
  }

  // Test fills first, then val: what groups took too much of, train lacks.
  std::size_t place_one(const Unit& unit) {
    const Counts& wanted = wanted_[items_[unit.items[0]].label];
    if (wanted[2] > 0) return 2;
    return wanted[1] > 0 ? 1 : 0;
  }

  // Where it exceeds what is wanted least; among equals by chance, as often as their shares say.
  std::size_t place_group(const Unit& unit) {
    std::map<std::string_view, std::int64_t> members;
    for (const std::size_t i : unit.items) members[items_[i].label] += 1;
    std::array<std::int64_t, kSplits> excess{}, room{};
    for (const auto& [label, count] : members) {
      const Counts& wanted = wanted_.find(label)->second;
      for (std::size_t s = 0; s < kSplits; ++s) {
        excess[s] += std::max<std::int64_t>(0, count - std::max<std::int64_t>(0, wanted[s]));
        room[s] += std::max<std::int64_t>(0, wanted[s]);
      }
    }
    const std::int64_t least = std::ranges::min(excess);
    std::int64_t total = 0;
    for (std::size_t s = 0; s < kSplits; ++s) total += excess[s] == least ? room[s] + 1 : 0;
    auto ticket = static_cast<std::int64_t>(random_bits(seed_, unit.key, 1) % static_cast<std::uint64_t>(total));
    for (std::size_t s = 0; s < kSplits; ++s) {
      if (excess[s] != least) continue;
      ticket -= room[s] + 1;
      if (ticket < 0) return s;
    }
    return 0;
  }

  std::span<const SplitItem> items_;
  std::uint64_t seed_;
  std::map<std::string, Counts, std::less<>> wanted_;  // still to be placed, by class and split
  std::vector<Split> result_;
};

}  // namespace

std::vector<Split> split_items(std::span<const SplitItem> items, std::uint64_t seed, const SplitShares& shares) {
  const auto has = [&](Split split) {
    return std::ranges::any_of(items, [&](const SplitItem& item) { return item.given == split; });
  };
  const bool val = has(Split::kVal), test = has(Split::kTest);
  if (!val && !test) return Dealer(items, seed, shares).deal();

  std::vector<Split> result;
  std::vector<SplitItem> train;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < items.size(); ++i) {
    result.push_back(items[i].given.value_or(Split::kTrain));
    if (result[i] != Split::kTrain) continue;
    train.push_back(items[i]);
    places.push_back(i);
  }
  if (val) return result;
  const std::vector<Split> dealt = Dealer(train, seed, {.val = shares.val, .test = 0}).deal();
  for (std::size_t i = 0; i < places.size(); ++i) result[places[i]] = dealt[i];
  return result;
}

}  // namespace paw
