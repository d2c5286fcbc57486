#include "cli/completions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "cli/suggestions.h"
#include "optimize/recipe.h"

namespace paw::completions_test {

using ::testing::AllOf;
using ::testing::HasSubstr;

Flag flag(const std::string& name, const std::string& metavar) {
  static std::string target;
  return {.name = name, .metavar = metavar, .help = "", .target = &target};
}

TEST(CompletionsTest, WordsSayWhichValuesAreFiles) {
  EXPECT_EQ(value_kind(flag("MODEL", "")), ValueKind::kFile);
  EXPECT_EQ(value_kind(flag("PHOTOS", "")), ValueKind::kFolder);
  EXPECT_EQ(value_kind(flag("PART", "")), ValueKind::kText);
  EXPECT_EQ(value_kind(flag("A", "")), ValueKind::kFile);
  EXPECT_EQ(value_kind(flag("--mixup", "A")), ValueKind::kText);
  EXPECT_EQ(value_kind(flag("-o", "RUN")), ValueKind::kFolder);
  EXPECT_EQ(value_kind(flag("--backbone", "NAME|MODEL|none")), ValueKind::kFile);
  EXPECT_EQ(value_kind(flag("--epochs", "N")), ValueKind::kText);
  bool on = false;
  EXPECT_EQ(value_kind({.name = "--force", .metavar = "", .help = "", .target = &on}), ValueKind::kNone);
}

// A new word must be put here or into value_kind().
TEST(CompletionsTest, EveryWordForAValueIsKnown) {
  const std::vector<std::string> text = {"N", "S", "D",  "E",    "G",   "R",    "W",    "A",  "X",
                                         "T", "B", "ID", "NAME", "NET", "PASS", "TEXT", "1,2"};
  for (const Verb* verb : all_verbs()) {
    for (const Flag& f : flags_of(*verb)) {
      if (value_kind(f) != ValueKind::kText) continue;
      const std::string& word = f.positional() ? f.name : f.metavar;
      EXPECT_NE(std::ranges::find(text, word), text.end()) << verb->name << " " << f.name << " " << word;
    }
  }
}

TEST(CompletionsTest, EveryScriptHasEveryVerbAndFlag) {
  for (const std::string& shell : completion_shells()) {
    const auto script = completion_script(shell);
    ASSERT_TRUE(script) << script.error().text();
    for (const Verb* verb : all_verbs()) {
      EXPECT_THAT(*script, HasSubstr(std::string(verb->name))) << shell;
      for (const Flag& f : flags_of(*verb)) {
        if (f.positional() || f.name == "-o") continue;
        EXPECT_THAT(*script, HasSubstr(shell == "fish" ? "-l " + f.name.substr(2) : f.name)) << shell;
        for (const std::string& choice : f.choices) EXPECT_THAT(*script, HasSubstr(choice)) << shell << f.name;
      }
    }
  }
}

TEST(CompletionsTest, HelpIsQuotedAsTheShellReadsIt) {
  EXPECT_THAT(zsh_completions(),
              AllOf(HasSubstr(R"('--size[input size, with --net (default\: the net'\''s own)]:S: ')"),
                    HasSubstr(R"('--backbone[a pretrained net, or a model file)"),
                    HasSubstr(R"(:NAME|MODEL|none: _paw_values "_files" efficientnet-lite0)"),
                    HasSubstr(R"('*:photos; - is standard input:_files')")));
  EXPECT_THAT(
      fish_completions(),
      AllOf(HasSubstr(R"(-n '__paw_in train' -l size -x -d 'input size, with --net (default: the net\'s own)')"),
            HasSubstr("-n '__paw_in train' -s o -x -a '(__fish_complete_directories)' -d"),
            HasSubstr("-n '__paw_in predict' -F\n")));
}

TEST(CompletionsTest, AnotherShellIsAnErrorThatNamesThem) {
  const auto script = completion_script("tcsh");
  ASSERT_FALSE(script);
  EXPECT_EQ(script.error().code, ErrorCode::kUsage);
  EXPECT_THAT(script.error().hint, HasSubstr("bash or zsh or fish"));
}

TEST(CompletionsTest, SuggestedRecipesCanBeParsed) {
  const std::vector<std::string> names = recipe_names();
  EXPECT_EQ(names.front(), "auto");
  EXPECT_GT(names.size(), 10u);
  for (std::size_t i = 1; i < names.size(); ++i) EXPECT_TRUE(parse_recipe(names[i])) << names[i];
}

TEST(CompletionsTest, VerbsOfTwoWordsAreGrouped) {
  const std::vector<VerbGroup> groups = verb_groups();
  ASSERT_EQ(groups.size(), 1u);
  EXPECT_EQ(groups[0].name, "data");
  EXPECT_EQ(group_summary(groups[0]), "draw, check");
}

}  // namespace paw::completions_test
