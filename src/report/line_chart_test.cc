#include "report/line_chart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace paw::line_chart_test {

using testing::HasSubstr;
using testing::Not;

TEST(LineChart, DrawsLinesWithAxesAndLegend) {
  const std::string svg =
      line_charts_svg({{.title = "Loss",
                        .x_name = "epoch",
                        .lines = {{"training", {1, 0.5, 0.25}, true}, {"validation", {0.9, 0.7, 0.8}}},
                        .mark = 2,
                        .mark_name = "best"}},
                      "three epochs");
  for (const char* part : {"<title id=\"t\">Loss</title>", "three epochs", ">epoch<", ">training<", ">validation<",
                           ">best<", "stroke-dasharray=\"6 4\"", ">0.2<", ">1.0<"}) {
    EXPECT_THAT(svg, HasSubstr(part));
  }
  // x = 1, 2, 3 across the plot; 1.0 at its top, 0.2 at its bottom.
  EXPECT_THAT(svg, HasSubstr("d=\"M56.0 56.0 L260.0 181.0 L464.0 243.5\""));
}

TEST(LineChart, SharesAreWrittenInPerCentAndNeverBeyondAHundred) {
  const std::string svg = line_charts_svg({{.title = "Accuracy",
                                            .x_name = "epoch",
                                            .lines = {{"a", {0.62, 0.997}, false}},
                                            .percent = true,
                                            .mark = {},
                                            .mark_name = {}}},
                                          "");
  EXPECT_THAT(svg, HasSubstr(">100 %<"));
  EXPECT_THAT(svg, Not(HasSubstr(">110 %<")));
}

TEST(LineChart, OddInputDrawsAPictureAllTheSame) {
  const double nan = std::numeric_limits<double>::quiet_NaN(), inf = std::numeric_limits<double>::infinity();
  for (const std::vector<double>& values :
       {std::vector<double>{}, {0.5}, {nan, nan}, {0, 0, 0}, {1, nan, inf, 2}, {1e-9, 2e-9}, {1e30, -1e30}}) {
    const std::string svg = line_charts_svg(
        {{.title = "<b>&\"", .x_name = "x", .lines = {{"a", values, false}}, .mark = {}, .mark_name = {}}}, "d");
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
    EXPECT_THAT(svg, HasSubstr("&lt;b&gt;&amp;&quot;"));
  }
  EXPECT_THAT(line_charts_svg({}, ""), HasSubstr("</svg>"));
}

}  // namespace paw::line_chart_test
