#include "base/nearest.h"

#include <gtest/gtest.h>

namespace paw::nearest_test {

TEST(Nearest, FindsTypingMistakesAndNothingElse) {
  constexpr std::string_view kVerbs[] = {"predict", "inspect", "dump", "bench", "train"};
  EXPECT_EQ(nearest("perdict", kVerbs), "predict");
  EXPECT_EQ(nearest("Inspct", kVerbs), "inspect");
  EXPECT_EQ(nearest("dumpp", kVerbs), "dump");
  EXPECT_EQ(nearest("quantize", kVerbs), std::nullopt);
  EXPECT_EQ(nearest("", kVerbs), std::nullopt);
  EXPECT_EQ(nearest("dump", {}), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'x'), kVerbs), std::nullopt);
  constexpr std::string_view kTie[] = {"ab", "ac"};
  EXPECT_EQ(nearest("ad", kTie), "ab");
}

}  // namespace paw::nearest_test
