#include "host/subprocess.h"

#include <gtest/gtest.h>

namespace paw::subprocess_test {

TEST(Subprocess, GivesWhatWasPrinted) {
  const auto printed = run_program("/bin/sh", {"-c", "cat; echo $0 \"$1\"", "one", "two  words"}, 10);
  ASSERT_TRUE(printed) << printed.error().text();
  EXPECT_EQ(*printed, "one two  words\n");  // cat: there is no input
}

TEST(Subprocess, TakesMuchOnBothPipes) {
  const auto printed = run_program("/bin/sh", {"-c", "head -c 300000 /dev/zero >&2; head -c 200000 /dev/zero"}, 10);
  ASSERT_TRUE(printed) << printed.error().text();
  EXPECT_EQ(printed->size(), 200000u);
}

TEST(Subprocess, TellsTheLastLineOfAFailure) {
  const auto failed = run_program("/bin/sh", {"-c", "echo first >&2; echo the reason >&2; exit 3"}, 10);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIo);
  EXPECT_EQ(failed.error().message, "the reason");
  const auto silent = run_program("/bin/sh", {"-c", "exit 3"}, 10);
  ASSERT_FALSE(silent);
  EXPECT_EQ(silent.error().message, "ended with code 3");
}

TEST(Subprocess, EndsWhatTakesTooLong) {
  const auto late = run_program("/bin/sh", {"-c", "exec sleep 60"}, 0.05);
  ASSERT_FALSE(late);
  EXPECT_TRUE(late.error().message.starts_with("took more than")) << late.error().message;
}

TEST(Subprocess, SaysThatAProgramIsNotThere) {
  EXPECT_FALSE(run_program("/nowhere/program", {}, 1));
  EXPECT_EQ(find_program("no-program-of-this-name"), "");
  EXPECT_NE(find_program("sh"), "");
}

TEST(Subprocess, AMissingToolIsNamedWithItsPackage) {
  const auto none = find_tool({"no-such-tool-anywhere", "its-package"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().where, "no-such-tool-anywhere");
  EXPECT_EQ(none.error().hint, "Debian: apt install its-package");
  EXPECT_TRUE(find_tool({"sh", "dash"}));
}

}  // namespace paw::subprocess_test
