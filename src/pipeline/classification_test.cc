#include "pipeline/classification.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace paw::classification_test {

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

TEST(Classification, TextOfManyClassesShowsTheWorstAndWhoIsTakenForWhom) {
  // 25 classes of two photos each; from class 22 on, one of the two is taken for class 0.
  Evaluation e{.loss = 0, .accuracy = 47.0 / 50, .classes = 25, .scores = {}, .predicted = {}, .expected = {}};
  for (std::int64_t i = 0; i < 50; ++i) {
    e.expected.push_back(i / 2);
    e.predicted.push_back(i / 2 >= 22 && i % 2 == 0 ? 0 : i / 2);
  }
  e.scores.assign(50 * 25, 0.04f);
  const std::string text = to_text(classification_report(e, {}));
  EXPECT_NE(text.find("the 20 classes with the lowest F1, of 25"), std::string::npos) << text;
  EXPECT_NE(text.find("  22 said to be 0: 1\n  23 said to be 0: 1\n"), std::string::npos) << text;
  EXPECT_NE(text.find("\n24          2      1.000   0.500  0.667\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("\n20 "), std::string::npos) << text;
}

TEST(Classification, BelowTheThresholdIsNotSure) {
  const ClassificationReport report = classification_report(four(), {"cat", "dog"}, 0.75);
  EXPECT_EQ(report.not_sure->images, 2);
  EXPECT_EQ(report.not_sure->rest_images, 2);
  EXPECT_EQ(report.not_sure->rest_right, 2);
  EXPECT_EQ(to_json(report).at("not_sure").at("top1_of_rest"), 1.0);
  EXPECT_TRUE(to_json(classification_report(four(), {}, 1)).at("not_sure").at("top1_of_rest").is_null());
  EXPECT_NE(to_text(report).find("is \\ said  cat  dog\n      cat    2    0\n      dog    1    1\n"), std::string::npos)
      << to_text(report);
}

TEST(Classification, NothingToReportIsNoDivisionByZero) {
  const ClassificationReport report = classification_report({.classes = 2}, {"a", "b"});
  EXPECT_EQ(report.top1, 0);
  EXPECT_EQ(report.ece, 0);
  EXPECT_EQ(report.classes[0].f1, 0);
}

}  // namespace paw::classification_test
