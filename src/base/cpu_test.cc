#include "base/cpu.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <string>

namespace paw::cpu_test {

constexpr std::array<Isa, 2> kBoth = {Isa::kPortable, Isa::kAvx2};
constexpr std::array<Isa, 1> kOld = {Isa::kPortable};

// PAW_ISA as it was, afterwards.
class ChooseIsa : public ::testing::Test {
 protected:
  ChooseIsa() {
    if (const char* value = std::getenv("PAW_ISA")) before_ = value;
  }
  ~ChooseIsa() override { before_.empty() ? ::unsetenv("PAW_ISA") : ::setenv("PAW_ISA", before_.c_str(), 1); }

  void expect_refused(const Result<Isa>& chosen, const std::string& message, const std::string& hint) {
    ASSERT_FALSE(chosen);
    EXPECT_EQ(chosen.error().code, ErrorCode::kUsage);
    EXPECT_EQ(chosen.error().where, "PAW_ISA");
    EXPECT_EQ(chosen.error().message, message);
    EXPECT_EQ(chosen.error().hint, hint);
  }

 private:
  std::string before_;
};

TEST(AvailableIsas, FromPortableUpwards) {
  const std::span<const Isa> available = available_isas();
  ASSERT_FALSE(available.empty());
  EXPECT_EQ(available[0], Isa::kPortable);
  EXPECT_TRUE(std::ranges::is_sorted(available, std::ranges::less_equal{}));
}

TEST_F(ChooseIsa, EveryAvailableTierByItsName) {
  for (const Isa isa : available_isas()) {
    ::setenv("PAW_ISA", std::string(name(isa)).c_str(), 1);
    const Result<Isa> chosen = choose_isa();
    ASSERT_TRUE(chosen) << chosen.error().text();
    EXPECT_EQ(*chosen, isa);
  }
}

TEST_F(ChooseIsa, TheHighestWhenNothingIsAsked) {
  ::unsetenv("PAW_ISA");
  EXPECT_EQ(choose_isa().value(), available_isas().back());
  ::setenv("PAW_ISA", "", 1);
  EXPECT_EQ(choose_isa().value(), available_isas().back());
  EXPECT_EQ(choose_isa("", kOld).value(), Isa::kPortable);
  EXPECT_EQ(choose_isa("", kBoth).value(), Isa::kAvx2);
}

TEST_F(ChooseIsa, UnknownName) {
  for (const char* asked : {"sse9", "AVX2", "avx", "avx2 "}) {
    ::setenv("PAW_ISA", asked, 1);
    expect_refused(choose_isa(), "unknown instruction set '" + std::string(asked) + "'",
                   "use portable, avx2 or avx512");
  }
}

TEST_F(ChooseIsa, TierThatTheMachineLacks) {
  expect_refused(choose_isa("avx2", kOld), "this processor has no avx2", "the best tier here is portable");
  expect_refused(choose_isa("avx512", kBoth), "this processor has no avx512", "the best tier here is avx2");
}

}  // namespace paw::cpu_test
