#include "vision/split.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <numeric>

#include "base/random.h"

namespace paw::split_test {

SplitItem item(std::string label, std::uint64_t number) {
  SplitItem made{.label = std::move(label), .sha256 = {}, .group = {}, .given = {}};
  made.sha256 = sha256(std::as_bytes(std::span(&number, 1)));
  return made;
}

std::vector<SplitItem> items_of(const std::map<std::string, int>& classes) {
  std::vector<SplitItem> items;
  for (const auto& [label, count] : classes) {
    for (int i = 0; i < count; ++i) items.push_back(item(label, items.size()));
  }
  return items;
}

// Photos per class and split.
std::map<std::string, std::array<int, 3>> counts(std::span<const SplitItem> items, std::span<const Split> splits) {
  std::map<std::string, std::array<int, 3>> result;
  for (std::size_t i = 0; i < items.size(); ++i) ++result[items[i].label][static_cast<std::size_t>(splits[i])];
  return result;
}

TEST(SplitTest, EveryClassIsDividedByTheShares) {
  const auto items = items_of({{"cat", 500}, {"dog", 500}, {"few", 17}, {"three", 3}, {"two", 2}, {"one", 1}});
  const auto found = counts(items, split_items(items, 0));
  EXPECT_EQ(found.at("cat"), (std::array{400, 50, 50}));
  EXPECT_EQ(found.at("dog"), (std::array{400, 50, 50}));
  EXPECT_EQ(found.at("few"), (std::array{13, 2, 2}));
  EXPECT_EQ(found.at("three"), (std::array{1, 1, 1}));
  EXPECT_EQ(found.at("two"), (std::array{1, 0, 1}));
  EXPECT_EQ(found.at("one"), (std::array{1, 0, 0}));
  EXPECT_TRUE(split_items({}, 0).empty());
}

// The properties that hold for any set: with classes of 1 to 60 photos and groups of 2 to 4 across all classes.
TEST(SplitTest, RandomSetsAreStratifiedGroupedAndDeterministic) {
  Random random(2);
  for (std::uint64_t round = 0; round < 200; ++round) {
    std::map<std::string, int> classes;
    for (std::uint64_t c = 1 + random.below(5); c > 0; --c)
      classes["class" + std::to_string(c)] = 1 + static_cast<int>(random.below(60));
    std::vector<SplitItem> items = items_of(classes);
    std::uint32_t groups = 0;
    std::size_t largest = 1;
    if (round % 2 == 1) {
      for (std::uint64_t g = random.below(1 + items.size() / 8); g > 0; --g, ++groups) {
        const std::size_t size = 2 + random.below(3);
        for (std::size_t k = 0; k < size; ++k) items[random.below(items.size())].group = groups;
        largest = std::max(largest, std::size_t{4});
      }
    }
    const std::vector<Split> splits = split_items(items, round);

    std::map<std::uint32_t, Split> side;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!items[i].group) continue;
      const auto [at, added] = side.emplace(*items[i].group, splits[i]);
      EXPECT_EQ(at->second, splits[i]) << "group " << *items[i].group;
    }
    for (const auto& [label, found] : counts(items, splits)) {
      const double tenth = (found[0] + found[1] + found[2]) / 10.0;
      for (const std::size_t split : {1u, 2u}) {
        EXPECT_LT(std::abs(found[split] - tenth), 1.0 + double(largest - 1)) << label;
      }
    }

    // Any order gives the same answer; so do other numbers for the same groups.
    std::vector<std::size_t> order(items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = order.size() - 1; i > 0; --i) std::swap(order[i], order[random.below(i + 1)]);
    std::vector<SplitItem> shuffled;
    for (const std::size_t i : order) {
      shuffled.push_back(items[i]);
      if (shuffled.back().group) *shuffled.back().group = 1000 - *shuffled.back().group;
    }
    const std::vector<Split> again = split_items(shuffled, round);
    for (std::size_t i = 0; i < order.size(); ++i) ASSERT_EQ(again[i], splits[order[i]]) << "round " << round;
  }
}

TEST(SplitTest, AnotherSeedAnotherSplit) {
  const auto items = items_of({{"cat", 100}, {"dog", 100}});
  const auto a = split_items(items, 1), b = split_items(items, 2);
  EXPECT_NE(a, b);
  int same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) same += a[i] == Split::kTest && b[i] == Split::kTest ? 1 : 0;
  EXPECT_LT(same, 10) << "two tests of 20 share about 2";
}

TEST(SplitTest, GroupsDoNotAllEndOnOneSide) {
  auto items = items_of({{"cat", 400}, {"dog", 400}});
  for (std::size_t i = 0; i < 300; ++i) items[i + 250].group = static_cast<std::uint32_t>(i / 2);
  const auto splits = split_items(items, 0);
  std::array<int, 3> grouped{};
  for (std::size_t i = 250; i < 550; ++i) ++grouped[static_cast<std::size_t>(splits[i])];
  EXPECT_GT(grouped[1], 10);
  EXPECT_GT(grouped[2], 10);
  EXPECT_GT(grouped[0], 180);
}

TEST(SplitTest, AGroupLargerThanASplitTrains) {
  auto items = items_of({{"cat", 30}});
  for (std::size_t i = 0; i < 20; ++i) items[i].group = 7;
  const auto splits = split_items(items, 0);
  EXPECT_EQ(splits[0], Split::kTrain);
  EXPECT_EQ(counts(items, splits).at("cat"), (std::array{24, 3, 3}));
}

TEST(SplitTest, GivenFoldersAreKept) {
  auto items = items_of({{"cat", 20}, {"dog", 20}});
  for (std::size_t i = 0; i < items.size(); ++i)
    items[i].given = i % 4 == 0 ? Split::kTest : i % 4 == 1 ? Split::kVal : Split::kTrain;
  const auto all = split_items(items, 0);
  for (std::size_t i = 0; i < items.size(); ++i) EXPECT_EQ(all[i], items[i].given);

  // Without a val folder, a tenth of train chooses the best epoch.
  for (SplitItem& it : items) it.given = it.given == Split::kTest ? Split::kTest : Split::kTrain;
  const auto found = counts(items, split_items(items, 0));
  EXPECT_EQ(found.at("cat"), (std::array{13, 2, 5}));
  EXPECT_EQ(found.at("dog"), (std::array{13, 2, 5}));

  // A train folder alone is split as if it were no folder.
  for (SplitItem& it : items) it.given = Split::kTrain;
  EXPECT_EQ(counts(items, split_items(items, 0)).at("cat"), (std::array{16, 2, 2}));
}

}  // namespace paw::split_test
