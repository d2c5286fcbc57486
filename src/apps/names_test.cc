#include "apps/names.h"

#include <gtest/gtest.h>

namespace paw::names_test {

TEST(AppNames, PeopleMayCallThemWhatTheyLike) {
  for (const char* name : {"Cat or Dog", "\"quoted\" <b>&'", "чай, 茶", "🐈"})
    EXPECT_TRUE(check_app_name(name)) << name;
  EXPECT_TRUE(check_app_name(std::string(50, 'x')));
}

TEST(AppNames, RefusesWhatNoScreenShows) {
  const std::string bad[] = {"", "   ", "a\nb", std::string("a\0b", 3), "\x7F", "\xFF", std::string(51, 'x')};
  for (const std::string& name : bad) {
    const Status checked = check_app_name(name);
    ASSERT_FALSE(checked) << name;
    EXPECT_EQ(checked.error().code, ErrorCode::kUsage);
  }
}

TEST(AppIds, TakesWhatAllPlatformsTake) {
  for (const char* id : {"com.example.catordog", "a.b", "org.x_1.y2"}) EXPECT_TRUE(check_app_id(id)) << id;
}

TEST(AppIds, RefusesTheRest) {
  const std::string bad[] = {"",
                             "app",
                             "com.",
                             ".com",
                             "com..x",
                             "Com.example",
                             "com.1x",
                             "com.ex-ample",
                             "com.class",
                             "com.fun.x",
                             "com.x\n.y",
                             "com.x/../y",
                             "com.x.\"y",
                             "com.x; rm -rf",
                             "com.éxample",
                             "com.x.y.${z}",
                             "com._x",
                             "com. x",
                             "a." + std::string(100, 'b')};
  for (const std::string& id : bad) EXPECT_FALSE(check_app_id(id)) << id;
}

TEST(AppIds, DefaultIsAlwaysOneThatIsTaken) {
  EXPECT_EQ(default_app_id("Cat or Dog"), "com.example.catordog");
  for (const char* name : {"", "茶", "1. FC", "class", "...", "A-b_C"}) {
    EXPECT_TRUE(check_app_id(default_app_id(name))) << default_app_id(name);
  }
  EXPECT_TRUE(check_app_id(default_app_id(std::string(200, 'q'))));
}

}  // namespace paw::names_test
