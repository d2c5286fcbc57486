#include "ir/names.h"

#include <gtest/gtest.h>

namespace paw::names_test {

TEST(Names, DigitsAreKeptForUnnamedValues) {
  for (const char* name : {"", "0", "12"}) EXPECT_TRUE(is_reserved_name(name)) << name;
  for (const char* name : {"x", "1x", "-1", "1.5"}) EXPECT_FALSE(is_reserved_name(name)) << name;
}

TEST(Names, EachIsGivenOutOnce) {
  UniqueNames names;
  EXPECT_TRUE(names.claim("x_1"));
  EXPECT_FALSE(names.claim("x_1"));
  EXPECT_EQ(names.make("x"), "x");
  EXPECT_EQ(names.make("x"), "x_2") << "x_1 was taken";
  EXPECT_EQ(names.make("x"), "x_3");
  EXPECT_EQ(names.make("x_1"), "x_1_1");
}

}  // namespace paw::names_test
