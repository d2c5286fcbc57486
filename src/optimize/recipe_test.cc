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
    if (name == "sparseNNbM") name = "sparse37b8";
    if (name == "paletteBgN") name = "palette3g12";
    if (name == "weight_only_wi4bN_afp32") name = "weight_only_wi4b64_afp32";
    if (name.ends_with("NN")) name.replace(name.size() - 2, 2, "37");
    const std::string form = name.starts_with("mixed") ? "static_wi8_ai8+" : "";
    const auto recipe = parse_recipe(form + name);
    ASSERT_TRUE(recipe) << recipe.error().text();
    EXPECT_EQ(recipe->text(), form + (name == "int8" ? "static_wi8_ai8" : name));
  }
}

TEST(RecipeTest, BlocksAndGroupsAreNumbersBehindALetter) {
  const auto blocks = parse_recipe("int8+sparse50b4");
  ASSERT_TRUE(blocks) << blocks.error().text();
  EXPECT_EQ(blocks->sparsity, 50);
  EXPECT_EQ(blocks->sparse_block, 4);
  EXPECT_EQ(blocks->text(), "sparse50b4+static_wi8_ai8");
  EXPECT_FALSE(*blocks == *parse_recipe("sparse50+int8"));
  const auto groups = parse_recipe("palette4g16");
  ASSERT_TRUE(groups) << groups.error().text();
  EXPECT_EQ(groups->palette, 4);
  EXPECT_EQ(groups->palette_group, 16);
  EXPECT_FALSE(groups->needs_photos());
  const auto scales = parse_recipe("sparse50+weight_only_wi4b32_afp32");
  ASSERT_TRUE(scales) << scales.error().text();
  EXPECT_EQ(scales->form, QuantForm::kWeightOnlyWi4);
  EXPECT_EQ(scales->weight_block, 32);
  EXPECT_EQ(scales->text(), "sparse50+weight_only_wi4b32_afp32");
  EXPECT_FALSE(*scales == *parse_recipe("sparse50+weight_only_wi4_afp32"));
  for (const char* widest : {"palette1g1", "palette8g1024", "sparse99b16", "sparse1b2"}) {
    EXPECT_EQ(parse_recipe(widest)->text(), widest);
  }
}

TEST(RecipeTest, NamesWhatIsWrongWithBlocksAndGroups) {
  EXPECT_THAT(refusal("sparse50b3"), HasSubstr("'sparse50b3': blocks have 2, 4, 8 or 16 weights"));
  EXPECT_THAT(refusal("sparse50b1"), HasSubstr("blocks have 2, 4, 8 or 16 weights"));
  EXPECT_THAT(refusal("sparse0b4"), HasSubstr("1 to 99"));
  EXPECT_THAT(refusal("palette5g16"), HasSubstr("1, 2, 3, 4, 6 or 8 bits"));
  EXPECT_THAT(refusal("palette4g0"), HasSubstr("1 to 1024 output channels share a palette"));
  EXPECT_THAT(refusal("palette4g1025"), HasSubstr("1 to 1024 output channels share a palette"));
  EXPECT_THAT(refusal("sparse50b"), HasSubstr("did you mean sparseNN"));
  EXPECT_THAT(refusal("sparse50b4b4"), HasSubstr("is no step of a recipe"));
  EXPECT_THAT(refusal("sparse50c4"), HasSubstr("did you mean sparseNNbM?"));
  EXPECT_THAT(refusal("palete4g16"), HasSubstr("did you mean paletteBgN?"));
  EXPECT_THAT(refusal("palette4g-1"), HasSubstr("1 to 1024"));
  EXPECT_THAT(refusal("sparse50+sparse50b4"), HasSubstr("second step of its kind"));
  EXPECT_THAT(refusal("sparse50b4+sparse2of4"), HasSubstr("same zeros"));
  EXPECT_THAT(refusal("palette4+palette4g16"), HasSubstr("second step of its kind"));
  EXPECT_THAT(refusal("palette4g16+int8"), HasSubstr("palettes and static_wi8_ai8"));
  EXPECT_THAT(refusal("weight_only_wi4b24_afp32"), HasSubstr("16, 32, 64, 128 or 256 weights share a scale"));
  EXPECT_THAT(refusal("weight_only_wi4b32_afp16"), HasSubstr("did you mean weight_only_wi4bN_afp32?"));
  EXPECT_THAT(refusal("weight_only_wi4b32_afp32+int8"), HasSubstr("second way"));
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
