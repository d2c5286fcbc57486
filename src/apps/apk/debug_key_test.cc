#include "apps/apk/debug_key.h"

#include <gtest/gtest.h>

#include "host/file.h"

namespace paw::debug_key_test {

namespace fs = std::filesystem;

TEST(DebugKey, IsMadeOnceAndKept) {
  const fs::path folder = fs::path(testing::TempDir()) / "paw_debug_key_test" / "below";
  fs::remove_all(folder);
  const auto made = debug_key(folder);
  ASSERT_TRUE(made) << made.error().text();
  const auto key = *map_file(made->key), certificate = *map_file(made->certificate);
  EXPECT_GT(key.size(), 1000u);
  EXPECT_EQ(fs::status(made->key).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  const std::string_view text(reinterpret_cast<const char*>(certificate.data()), certificate.size());
  EXPECT_TRUE(text.starts_with("-----BEGIN CERTIFICATE-----"));
  const auto again = debug_key(folder);
  ASSERT_TRUE(again);
  EXPECT_TRUE(*map_file(again->key) == key);
  EXPECT_TRUE(*map_file(again->certificate) == certificate);
  fs::remove_all(folder.parent_path());
}

TEST(DebugKey, AFolderThatCannotBeMadeIsNamed) {
  const auto made = debug_key("/dev/null/keys");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, ErrorCode::kIo);
  EXPECT_EQ(made.error().where, "/dev/null/keys");
}

}  // namespace paw::debug_key_test
