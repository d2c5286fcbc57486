#include "pipeline/classification.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace paw {
namespace {

Evaluation four() {
  return {.loss = 0.5,
          .accuracy = 0.75,
          .classes = 2,
          .scores = {0.9f, 0.1f, 0.6f, 0.4f, 0.2f, 0.8f, 0.7f, 0.3f},
          .predicted = {0, 0, 1, 0},
          .expected = {0, 0, 1, 1}};
}

TEST(Classification, CountsConfusionAndRates) {
  const ClassificationReport report = classification_report(four(), {"cat", "dog"});
  EXPECT_EQ(report.images, 4);
  EXPECT_EQ(report.right, 3);
  EXPECT_EQ(report.confusion, (std::vector<std::vector<std::int64_t>>{{2, 0}, {1, 1}}));
  EXPECT_NEAR(report.classes[0].precision, 2.0 / 3, 1e-12);
  EXPECT_NEAR(report.classes[0].recall, 1, 1e-12);
  EXPECT_NEAR(report.classes[1].f1, 2.0 / 3, 1e-12);
  // Wilson's interval of 3 out of 4.
  EXPECT_NEAR(report.low, 0.3006, 1e-4);
  EXPECT_NEAR(report.high, 0.9544, 1e-4);
  // Each score is alone in its bin: (0.1 + 0.4 + 0.2 + 0.7) / 4.
  EXPECT_NEAR(report.ece, 0.35, 1e-6);
}

TEST(Classification, JsonHasTheKeysThatProgramsReadAndTextTheClasses) {
  const ClassificationReport report = classification_report(four(), {});
  const Json json = to_json(report);
  for (const char* key : {"images", "top1", "loss", "classes", "confusion", "ece"})
    EXPECT_TRUE(json.contains(key)) << key;
  EXPECT_EQ(json.at("classes")[1].at("label"), "1");
  EXPECT_NE(to_text(report).find("accuracy 75.0 % (3 of 4; 95 % interval 30.1 to 95.4 %)"), std::string::npos)
      << to_text(report);
}

TEST(Classification, NothingToReportIsNoDivisionByZero) {
  const ClassificationReport report = classification_report({.classes = 2}, {"a", "b"});
  EXPECT_EQ(report.top1, 0);
  EXPECT_EQ(report.ece, 0);
  EXPECT_EQ(report.classes[0].f1, 0);
}

}  // namespace
}  // namespace paw
