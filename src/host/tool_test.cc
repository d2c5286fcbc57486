#include "host/tool.h"

#include <gtest/gtest.h>

namespace paw::tool_test {

TEST(Tool, WhatItSays) {
  const auto shell = find_tool({"sh", "dash"});
  ASSERT_TRUE(shell);
  const auto said = run_tool(*shell, {"-c", "echo \"$1\"; cat; echo bad >&2", "sh", "a b; $x"});
  ASSERT_TRUE(said) << said.error().text();
  EXPECT_EQ(*said, "a b; $x\nbad\n");
}

TEST(Tool, FailuresNameItAndItsLastWords) {
  const auto shell = find_tool({"sh", "dash"});
  ASSERT_TRUE(shell);
  const auto failed = run_tool(*shell, {"-c", "echo first; echo why >&2; exit 3"});
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().where, "sh");
  EXPECT_EQ(failed.error().message, "failed (exit code 3): why");
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
}

TEST(Tool, AMissingOneIsNamedWithItsPackage) {
  const auto none = find_tool({"no-such-tool-anywhere", "its-package"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().where, "no-such-tool-anywhere");
  EXPECT_EQ(none.error().hint, "Debian: apt install its-package");
  EXPECT_FALSE(run_tool("/no/such/tool", {}));
}

}  // namespace paw::tool_test
