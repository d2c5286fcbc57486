#include "record/model_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paw::model_record_test {

using testing::HasSubstr;

TEST(ModelRecord, RoundTrips) {
  Model model;
  model.preprocess = Preprocess{.width = 96, .height = 64, .geometry = Geometry::kFit, .pad_value = 114};
  model.threshold = 0.61;
  Model back;
  ASSERT_TRUE(record_from_json(record_to_json(model), "f", back));
  EXPECT_EQ(back.preprocess, model.preprocess);
  EXPECT_EQ(back.threshold, 0.61);
}

TEST(ModelRecord, WithoutPreprocessing) {
  Model model, back;
  EXPECT_EQ(record_to_json(model), R"({"threshold":0.0})");
  back.preprocess = Preprocess{};
  ASSERT_TRUE(record_from_json(record_to_json(model), "f", back));
  EXPECT_FALSE(back.preprocess);
}

TEST(ModelRecord, RefusesAndLeavesTheModelAlone) {
  Model model;
  model.threshold = 0.25;
  const auto refusal = [&](std::string_view json) {
    const Status status = record_from_json(json, "f", model);
    EXPECT_FALSE(status) << json;
    return status ? std::string() : status.error().text();
  };
  EXPECT_EQ(refusal("{}"), "[f] field \"threshold\" is missing");
  EXPECT_EQ(refusal(R"({"threshold":2})"), "[f] threshold must be between 0 and 1");
  EXPECT_THAT(refusal(R"({"threshold":0,"gamma":1})"), HasSubstr("\"gamma\" is not known"));
  EXPECT_THAT(refusal(R"({"threshold":0,"preprocess":3})"), HasSubstr("is not a JSON object"));
  EXPECT_THAT(refusal(R"({"threshold":0,"preprocess":{}})"), HasSubstr("\"width\" is missing"));
  EXPECT_THAT(refusal("["), HasSubstr("not valid JSON"));
  EXPECT_EQ(model.threshold, 0.25);
}

}  // namespace paw::model_record_test
