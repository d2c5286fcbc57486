#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <set>
#include <string>

#include "base/error.h"
#include "cli/cli_testing.h"

namespace paw::exit_codes_test {

using ::testing::HasSubstr;
using Codes = std::set<std::pair<int, std::string>>;

std::string read(const std::string& name) {
  std::ifstream file(PAW_SOURCE_DIR "/" + name);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Codes codes_of_the_program() {
  Codes codes;
  for (int i = 0; i <= static_cast<int>(ErrorCode::kInternal); ++i) {
    const auto code = static_cast<ErrorCode>(i);
    codes.emplace(exit_code(code), code_name(code));
  }
  return codes;
}

// Rows of a table such as "| 3 | `bad_data` | ... |".
Codes codes_of_the_page(const std::string& text) {
  static const std::regex row("\\n\\| (\\d+) \\| `(\\w+)` \\|");
  Codes codes;
  for (std::sregex_iterator at(text.begin(), text.end(), row), end; at != end; ++at) {
    codes.emplace(std::stoi((*at)[1]), (*at)[2]);
  }
  return codes;
}

TEST(ExitCodesTest, PagesHaveThoseOfTheProgram) {
  for (const char* page : {"docs/troubleshooting.md", "docs/architecture.md"}) {
    const std::string text = read(page);
    EXPECT_EQ(codes_of_the_page(text), codes_of_the_program()) << page;
    EXPECT_THAT(text, HasSubstr("\n| 130, 143 | |")) << page;
  }
}

TEST(ExitCodesTest, HelpManualAndPagesInWordsNameAll) {
  const std::string manual = read("docs/paw.1");
  for (const std::string& text :
       {paw("help eval").out, manual.substr(manual.find(".SH EXIT STATUS")), read("docs/for-assistants.md")}) {
    for (const auto& [code, name] : codes_of_the_program()) {
      EXPECT_TRUE(std::regex_search(text, std::regex("\\b" + std::to_string(code) + " [a-zA-Z]"))) << code << " in\n"
                                                                                                   << text;
    }
    for (const char* signal : {"130", "143"}) EXPECT_THAT(text, HasSubstr(signal));
  }
}

}  // namespace paw::exit_codes_test
