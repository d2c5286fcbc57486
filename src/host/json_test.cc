#include "host/json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

namespace paw::json_test {

using testing::HasSubstr;

TEST(Json, KeepsOrderAndDoublesExactly) {
  Json json;
  json["z"] = 0.1;
  json["a"] = 5e-324;
  json["tiny"] = -0.0;
  json["max"] = std::numeric_limits<double>::max();
  const std::string text = to_text(json);
  EXPECT_TRUE(text.starts_with("{\"z\":0.1,\"a\":"));
  const auto back = parse_json(text, "x.json");
  ASSERT_TRUE(back) << back.error().text();
  EXPECT_EQ(to_text(*back), text);
  EXPECT_EQ((*back)["a"].get<double>(), 5e-324);
  EXPECT_TRUE(std::signbit((*back)["tiny"].get<double>()));
  EXPECT_EQ((*back)["max"].get<double>(), std::numeric_limits<double>::max());
}

TEST(Json, IndentsAndReplacesWhatJsonCannotHold) {
  Json json;
  json["bad"] = "a\xFF";
  json["nan"] = std::nan("");
  EXPECT_EQ(to_text(json, 2), "{\n  \"bad\": \"a\xEF\xBF\xBD\",\n  \"nan\": null\n}");
}

TEST(Json, NamesThePlaceOfASyntaxError) {
  const auto json = parse_json("{\n  \"a\": tru\n}", "run.json");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().code, ErrorCode::kUnsupported);
  EXPECT_TRUE(json.error().where.starts_with("run.json:2:")) << json.error().where;
  EXPECT_THAT(json.error().message, HasSubstr("not valid JSON: syntax error"));
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char* text :
       {"", "{", "[1,]", "{\"a\":1}x", "nan", "'a'", "\"a\xFF\"", "\"\\ud800\"", "/* c */1", "1e999"}) {
    const auto json = parse_json(text, "x", {}, ErrorCode::kBadData);
    ASSERT_FALSE(json) << text;
    EXPECT_EQ(json.error().code, ErrorCode::kBadData) << text;
    EXPECT_THAT(json.error().message, HasSubstr("not valid JSON")) << text;
  }
}

TEST(Json, ErrorTextHoldsNoControlCharacters) {
  const auto json = parse_json("[\x1b[31m", "x");
  ASSERT_FALSE(json);
  EXPECT_EQ(json.error().message.find('\x1b'), std::string::npos);
}

TEST(Json, RefusesDuplicateKeysInTheSameObjectOnly) {
  const auto twice = parse_json(R"({"a":{"k":1},"b":2,"a":3})", "x");
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().message, HasSubstr("\"a\" appears twice"));
  EXPECT_TRUE(parse_json(R"([{"k":1},{"k":{"k":2}}])", "x"));
}

TEST(Json, LimitsDepthAndSize) {
  const std::string deep(100'000, '[');
  const auto nested = parse_json(deep, "x");
  ASSERT_FALSE(nested);
  EXPECT_EQ(nested.error().where, "x:1:65");
  EXPECT_THAT(nested.error().message, HasSubstr("deeper than 64"));
  EXPECT_TRUE(parse_json(std::string(64, '[') + std::string(64, ']'), "x"));
  EXPECT_TRUE(parse_json(R"(["[[[[", "\"[[[["])", "x", {.max_depth = 1}));  // brackets in strings do not nest
  EXPECT_FALSE(parse_json("[1, 2]", "x", {.max_bytes = 5}));
  EXPECT_TRUE(parse_json("[1,2]", "x", {.max_bytes = 5}));
}

}  // namespace paw::json_test
