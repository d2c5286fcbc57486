#include "host/progress.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

#include "host/json.h"
#include "host/terminal.h"

namespace paw::progress_test {

using testing::HasSubstr;

// A progress whose time is set by hand.
struct Scene {
  double now = 100;
  std::vector<std::string> seen;
  Progress progress;
  explicit Scene(ProgressStyle style, int width = 80)
      : progress(style, [this](std::string_view text) { seen.emplace_back(text); }, [this] { return now; }, width) {}
};

TEST(Progress, LinesEveryFiveSecondsAndAtTheEnd) {
  Scene s(ProgressStyle::kLines);
  s.progress.start("train", 600, "images");
  for (int i = 0; i < 300; ++i) {
    s.now += 0.02;
    s.progress.advance();
  }
  ASSERT_EQ(s.seen.size(), 1u);
  EXPECT_THAT(s.seen[0], HasSubstr("train: 25"));
  EXPECT_THAT(s.seen[0], HasSubstr("/ 600 images, 50.0 images/s, 0:07 left\n"));
  s.progress.advance(300);
  s.progress.finish();
  s.progress.finish();
  ASSERT_EQ(s.seen.size(), 2u);
  EXPECT_EQ(s.seen[1], "train: 600 / 600 images, 100 images/s, 0:06\n");
}

TEST(Progress, ResumedWorkCountsAsDoneButNotInTheRate) {
  Scene s(ProgressStyle::kLines);
  s.progress.start("train", 1000, "steps", 900);
  s.now += 10;
  s.progress.advance(50);
  ASSERT_EQ(s.seen.size(), 1u);
  EXPECT_EQ(s.seen[0], "train: 950 / 1000 steps, 5.0 steps/s, 0:10 left\n");
}

TEST(Progress, BarFitsTheTerminalAndFills) {
  for (const int width : {20, 40, 80, 200}) {
    Scene s(ProgressStyle::kBar, width);
    s.progress.start("\xC3\xA9poque 3/10", 200, "photos");
    s.now += 1;
    s.progress.advance(100);
    s.progress.finish();
    ASSERT_EQ(s.seen.size(), 3u);
    for (const std::string& text : s.seen) {
      ASSERT_TRUE(text.starts_with("\r"));
      const std::size_t end = text.find("\x1b[K");
      ASSERT_NE(end, std::string::npos);
      EXPECT_LT(end - 1, static_cast<std::size_t>(width) + 1) << text;  // one letter takes two bytes
    }
    EXPECT_TRUE(s.seen.back().ends_with("\n"));
  }
  Scene s(ProgressStyle::kBar, 80);
  s.progress.start("check", 10, "files");
  s.now += 1;
  s.progress.advance(5);
  EXPECT_THAT(s.seen.back(), HasSubstr("#####"));
  EXPECT_THAT(s.seen.back(), HasSubstr("....."));
  EXPECT_THAT(s.seen.back(), HasSubstr(" 50 % "));
}

TEST(Progress, BarIsDrawnAtMostTenTimesASecond) {
  Scene s(ProgressStyle::kBar);
  s.progress.start("check", 10'000, "files");
  for (int i = 0; i < 1000; ++i) {
    s.now += 0.001;
    s.progress.advance();
  }
  EXPECT_LE(s.seen.size(), 12u);
  EXPECT_GE(s.seen.size(), 8u);
}

TEST(Progress, UnknownTotalShowsNoShare) {
  Scene s(ProgressStyle::kBar);
  s.progress.start("scan", 0, "files");
  s.now += 2;
  s.progress.advance(7);
  EXPECT_EQ(s.seen.back(), "\rscan 7 files, 3.5 files/s, 0:02\x1b[K");
}

TEST(Progress, JsonLines) {
  Scene s(ProgressStyle::kJson);
  s.progress.start("train", 8, "steps");
  s.now += 2;
  s.progress.advance(4);
  s.progress.note("a \"note\"");
  s.progress.finish();
  ASSERT_EQ(s.seen.size(), 3u);
  EXPECT_EQ(s.seen[0],
            "{\"progress\":{\"stage\":\"train\",\"done\":4,\"total\":8,\"unit\":\"steps\",\"seconds\":2.0,"
            "\"rate\":2.0,\"seconds_left\":2.0}}\n");
  EXPECT_EQ(s.seen[1], "{\"note\":\"a \\\"note\\\"\"}\n");
  EXPECT_TRUE(parse_json(s.seen[2], "progress"));
  EXPECT_THAT(s.seen[2], HasSubstr("\"finished\":true"));
}

TEST(Progress, QuietKeepsWarningsOnly) {
  Scene s(ProgressStyle::kSilent);
  s.progress.start("train", 8, "steps");
  s.now += 100;
  s.progress.advance(8);
  s.progress.note("a note");
  s.progress.warn("3 photos skipped");
  s.progress.finish();
  EXPECT_THAT(s.seen, testing::ElementsAre("warning: 3 photos skipped\n"));
}

TEST(Progress, NotesStandAboveTheBarAndCannotForgeLines) {
  Scene s(ProgressStyle::kBar);
  s.progress.start("check", 4, "files");
  s.progress.note("evil\n\x1b[2Jname");
  ASSERT_EQ(s.seen.size(), 3u);
  EXPECT_EQ(s.seen[1], "\r\x1b[Kevil\\n\\x1b[2Jname\n");
  EXPECT_TRUE(s.seen[2].starts_with("\rcheck"));
}

TEST(Progress, EndsAnOpenStageWhenDestroyed) {
  std::vector<std::string> seen;
  {
    Progress progress(
        ProgressStyle::kLines, [&](std::string_view text) { seen.emplace_back(text); }, [] { return 0.0; });
    progress.advance(3);  // no stage: nothing to say
    progress.start("one", 1, "file");
    progress.start("two", 1, "file");
  }
  EXPECT_THAT(seen, testing::ElementsAre("one: 0 / 1 file\n", "two: 0 / 1 file\n"));
}

TEST(Progress, StyleFollowsTheFlags) {
  EXPECT_EQ(progress_style(true, false), ProgressStyle::kJson);
  EXPECT_EQ(progress_style(true, true), ProgressStyle::kSilent);
  EXPECT_EQ(progress_style(false, true), ProgressStyle::kSilent);
  EXPECT_EQ(progress_style(false, false), is_terminal(STDERR_FILENO) ? ProgressStyle::kBar : ProgressStyle::kLines);
}

// A real terminal: the other end of a pseudo terminal.
TEST(Terminal, KnowsATerminalFromAFile) {
  const int file = ::open("/dev/null", O_RDONLY);
  ASSERT_GE(file, 0);
  EXPECT_FALSE(is_terminal(file));
  EXPECT_FALSE(color_allowed(file));
  ::close(file);
  EXPECT_FALSE(is_terminal(-1));

  const int master = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (master < 0 || ::grantpt(master) != 0 || ::unlockpt(master) != 0) GTEST_SKIP() << "no pseudo terminals here";
  const int terminal = ::open(::ptsname(master), O_RDWR | O_NOCTTY);
  ASSERT_GE(terminal, 0);
  EXPECT_TRUE(is_terminal(terminal));
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  EXPECT_TRUE(color_allowed(terminal));
  ::setenv("NO_COLOR", "", 1);
  EXPECT_TRUE(color_allowed(terminal));
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_FALSE(color_allowed(terminal));
  ::unsetenv("NO_COLOR");
  ::setenv("TERM", "dumb", 1);
  EXPECT_FALSE(color_allowed(terminal));
  ::close(terminal);
  ::close(master);
}

TEST(Terminal, WidthHasADefaultAndALowerBound) {
  ::unsetenv("COLUMNS");
  EXPECT_EQ(terminal_width(-1), 80);
  ::setenv("COLUMNS", "120", 1);
  EXPECT_EQ(terminal_width(-1), 120);
  ::setenv("COLUMNS", "3", 1);
  EXPECT_EQ(terminal_width(-1), 20);
  ::setenv("COLUMNS", "wide", 1);
  EXPECT_EQ(terminal_width(-1), 80);
  ::unsetenv("COLUMNS");
}

}  // namespace paw::progress_test
