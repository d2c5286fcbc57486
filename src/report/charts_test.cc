#include "report/charts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "report/plot.h"

namespace paw::charts_test {

using testing::HasSubstr;
using testing::Not;

TEST(Plot, AxesHaveRoundEnds) {
  const Axis axis = nice_axis(0.13, 0.94);
  EXPECT_DOUBLE_EQ(axis.low, 0);
  EXPECT_DOUBLE_EQ(axis.high, 1);
  EXPECT_DOUBLE_EQ(axis.step, 0.2);
  EXPECT_EQ(tick(0.2, 0.2, false), "0.2");
  EXPECT_EQ(tick(0.975, 0.005, true), "97.5 %");
  EXPECT_EQ(tick(-1e-17, 0.2, false), "0.0");
}

TEST(Charts, ReliabilityHasABarForEachBinWithAnswers) {
  const std::string svg = reliability_inline({{}, {.count = 4, .score = 0.7, .accuracy = 0.75}}, "one < two");
  // The right half of the field; three quarters of its height.
  EXPECT_THAT(svg, HasSubstr("<rect class=\"bar\" x=\"261.0\" y=\"106.0\" width=\"202.0\" height=\"150.0\"/>"));
  EXPECT_THAT(svg, HasSubstr(">4</text>"));
  EXPECT_THAT(svg, HasSubstr("aria-label=\"one &lt; two\""));
  EXPECT_EQ(svg.find("class=\"bar\""), svg.rfind("class=\"bar\""));
}

TEST(Charts, TheBestOfEachSize) {
  std::vector<FilePoint> files = {
      {"large", 10e6, 0.98}, {"worse", 5e6, 0.90}, {"small", 4e6, 0.95}, {"twin", 4e6, 0.95}};
  mark_best_of_size(files);
  EXPECT_TRUE(files[0].best_of_its_size);
  EXPECT_FALSE(files[1].best_of_its_size);
  EXPECT_TRUE(files[2].best_of_its_size);
  EXPECT_TRUE(files[3].best_of_its_size);
  const std::string svg = file_sizes_inline(files, "Accuracy", "d");
  for (const char* part : {">large<", ">worse<", ">small<", "class=\"point best\"", "class=\"point\"", ">MB<"}) {
    EXPECT_THAT(svg, HasSubstr(part));
  }
}

TEST(Charts, OddInputDrawsAPictureAllTheSame) {
  for (const std::vector<FilePoint>& files :
       {std::vector<FilePoint>{}, {{"a", 0, 0}}, {{"a", 1e6, 1}, {"b", 1e6, 1}}, {{"<&", 1e12, 0.5}}}) {
    const std::string svg = file_sizes_inline(files, "Accuracy", "d");
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf\"")));
    EXPECT_THAT(svg, HasSubstr("</svg>"));
  }
  EXPECT_THAT(reliability_inline({}, ""), HasSubstr("</svg>"));
}

}  // namespace paw::charts_test
