#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace paw::error_test {

TEST(Error, TextNamesPlaceCauseAndRemedy) {
  EXPECT_EQ((Error{ErrorCode::kIo, "model.paw", "not found", "check the path"}.text()),
            "[model.paw] not found; check the path");
  EXPECT_EQ((Error{ErrorCode::kIo, "", "not found", ""}.text()), "not found");
  EXPECT_EQ((Error{ErrorCode::kIo, "", "not found", "check"}.text()), "not found; check");
  EXPECT_EQ((Error{ErrorCode::kIo, "a", "b", ""}.text()), "[a] b");
}

TEST(Error, ExitCodesAreThoseOfTheDocumentation) {
  EXPECT_EQ(exit_code(ErrorCode::kUsage), 2);
  EXPECT_EQ(exit_code(ErrorCode::kBadData), 3);
  EXPECT_EQ(exit_code(ErrorCode::kUnsupported), 4);
  EXPECT_EQ(exit_code(ErrorCode::kInternal), 4);
  EXPECT_EQ(exit_code(ErrorCode::kGateFailed), 5);
  EXPECT_EQ(exit_code(ErrorCode::kIo), 6);
  EXPECT_EQ(exit_code(ErrorCode::kDiverged), 7);
  EXPECT_EQ(exit_code(ErrorCode::kResumeRefused), 8);
}

TEST(Error, CodesHaveDistinctNames) {
  EXPECT_EQ(code_name(ErrorCode::kBadData), "bad_data");
  EXPECT_EQ(code_name(ErrorCode::kUnsupported), "unsupported_model");
  std::set<std::string_view> names;
  for (int code = 0; code <= static_cast<int>(ErrorCode::kInternal); ++code) {
    names.insert(code_name(static_cast<ErrorCode>(code)));
  }
  EXPECT_EQ(names.size(), static_cast<std::size_t>(ErrorCode::kInternal) + 1);
}

Result<int> half_of(int value) {
  if (value % 2 != 0) return fail(ErrorCode::kBadData, "half_of", "odd", "take an even number");
  return value / 2;
}

Result<int> quarter_of(int value) {
  PAW_ASSIGN_OR_RETURN(const int half, half_of(value));
  PAW_ASSIGN_OR_RETURN(const int quarter, half_of(half));
  return quarter;
}

Status check_even(int value, bool& reached) {
  PAW_RETURN_IF_ERROR(half_of(value));
  reached = true;
  return {};
}

TEST(Error, MacrosPassValuesOnAndStopAtTheFirstError) {
  EXPECT_EQ(quarter_of(12).value(), 3);
  EXPECT_EQ(quarter_of(6).error().text(), "[half_of] odd; take an even number");
  bool reached = false;
  EXPECT_EQ(check_even(3, reached).error().code, ErrorCode::kBadData);
  EXPECT_FALSE(reached);
  EXPECT_TRUE(check_even(4, reached).has_value());
  EXPECT_TRUE(reached);
}

}  // namespace paw::error_test
