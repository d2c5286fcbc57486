#include "optimize/recipe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace paw::recipe_test {

using testing::HasSubstr;

std::string refusal(std::string_view text) {
  const auto recipe = parse_recipe(text);
  return recipe ? "none: " + recipe->text() : recipe.error().text();
}

TEST(RecipeTest, StepsComeInAnyOrderAndArePrintedInTheirs) {
  const auto recipe = parse_recipe("int8+sparse50");
  ASSERT_TRUE(recipe) << recipe.error().text();
  EXPECT_EQ(recipe->sparsity, 50);
  EXPECT_EQ(recipe->form, QuantForm::kStaticWi8Ai8);
  EXPECT_EQ(recipe->text(), "sparse50+static_wi8_ai8");
  EXPECT_EQ(*parse_recipe(recipe->text()), *recipe);
  EXPECT_FALSE(recipe->trained);
  const auto trained = parse_recipe("qat_wi8_ai8+channels50");
  ASSERT_TRUE(trained) << trained.error().text();
  EXPECT_EQ(trained->form, QuantForm::kStaticWi8Ai8);
  EXPECT_TRUE(trained->trained);
  EXPECT_EQ(trained->text(), "channels50+qat_wi8_ai8");
}

TEST(RecipeTest, EveryNamedStepIsRead) {
  for (std::string name : recipe_step_names()) {
    if (name.ends_with("NN")) name.replace(name.size() - 2, 2, "37");
    const std::string form = name.starts_with("mixed") ? "static_wi8_ai8+" : "";
    const auto recipe = parse_recipe(form + name);
    ASSERT_TRUE(recipe) << recipe.error().text();
    EXPECT_EQ(recipe->text(), form + (name == "int8" ? "static_wi8_ai8" : name));
  }
}

TEST(RecipeTest, NamesWhatIsWrong) {
  EXPECT_THAT(refusal("static_wi8_ai4"), HasSubstr("did you mean static_wi8_ai8?"));
  EXPECT_THAT(refusal("something else"), HasSubstr("there are float16, "));
  EXPECT_THAT(refusal(""), HasSubstr("empty step"));
  EXPECT_THAT(refusal("int8+"), HasSubstr("empty step"));
  EXPECT_THAT(refusal("sparse0"), HasSubstr("1 to 99"));
  EXPECT_THAT(refusal("sparse100"), HasSubstr("1 to 99"));
  EXPECT_THAT(refusal("palette5"), HasSubstr("1, 2, 3, 4, 6 or 8 bits"));
  EXPECT_THAT(refusal("palette4+palette6"), HasSubstr("second"));
  EXPECT_THAT(refusal("float16+int8"), HasSubstr("second way"));
  EXPECT_THAT(refusal("sparse50+sparse2of4"), HasSubstr("same zeros"));
  EXPECT_THAT(refusal("mixed10"), HasSubstr("join it to static_wi8_ai8"));
  EXPECT_THAT(refusal("float16+mixed10"), HasSubstr("join it to static_wi8_ai8"));
  EXPECT_THAT(refusal("palette4+int8"), HasSubstr("palettes and static_wi8_ai8"));
}

TEST(RecipeTest, KnowsWhatNeedsPhotos) {
  EXPECT_TRUE(parse_recipe("int8")->needs_photos());
  EXPECT_TRUE(parse_recipe("sparse50+static_wi8_ai16")->needs_photos());
  EXPECT_FALSE(parse_recipe("float16")->needs_photos());
  EXPECT_FALSE(parse_recipe("sparse50+palette6")->needs_photos());
}

}  // namespace paw::recipe_test
