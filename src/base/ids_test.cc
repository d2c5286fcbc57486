#include "base/ids.h"

#include <gtest/gtest.h>

#include <type_traits>
#include <unordered_set>

namespace paw::ids_test {

struct AppleTag;
struct PearTag;
using Apple = Id<AppleTag>;
using Pear = Id<PearTag>;

static_assert(!std::is_convertible_v<Apple, Pear>);
static_assert(!std::is_convertible_v<std::size_t, Apple>);

TEST(Ids, DefaultIsInvalid) {
  EXPECT_FALSE(Apple{}.valid());
  EXPECT_TRUE(Apple(0).valid());
  EXPECT_EQ(Apple(7).index, 7u);
}

TEST(Ids, CompareByIndexAndHash) {
  EXPECT_LT(Apple(1), Apple(2));
  EXPECT_EQ(Apple(3), Apple(3));
  EXPECT_NE(Apple(3), Apple{});
  const std::unordered_set<Apple> set = {Apple(1), Apple(1), Apple(2), Apple{}};
  EXPECT_EQ(set.size(), 3u);
}

}  // namespace paw::ids_test
