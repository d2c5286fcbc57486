// A small net in all the ways that weights can be stored, through both forms.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "compare.h"
#include "coreml/model.pb.h"
#include "formats/coreml/parse.h"
#include "nets_testing.h"
#include "reference/interpreter.h"

namespace paw::forms_test::forms_test {

using namespace coreml_testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CoreMlForms, ANetOfEveryKindOfBlockComesBack) { check_net("mobilenet_v3_small"); }

TEST(CoreMlForms, ATinyModelComesBackWithAllThatItSays) {
  const Model model = tiny_model();
  const auto program = through_program(model, {.precision = DType::kF32});
  ASSERT_TRUE(program) << program.error().text();
  expect_same_model(program->model, model);
  const auto network = through_network(model);
  ASSERT_TRUE(network) << network.error().text();
  expect_same_model(network->model, model);
}

class CoreMlStored : public ::testing::TestWithParam<Stored> {};

// Every form in float32, where it is held to the bit.
TEST_P(CoreMlStored, IsKeptByAnMlProgramOfIos18) {
  const Model model = with_weights(tiny_model(), GetParam());
  ASSERT_TRUE(verify(model)) << verify(model).error().text();
  std::vector<std::string> notes;
  const auto read = through_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos18}, &notes);
  ASSERT_TRUE(read) << read.error().text();
  if (GetParam() == Stored::kSparseInt8 || GetParam() == Stored::kSparseInt4) {
    EXPECT_THAT(notes, ElementsAre(HasSubstr("sparse weights of integers make the file need iOS 18")));
  } else {
    EXPECT_THAT(notes, IsEmpty());
  }
  expect_same_model(read->model, model);
}

// Float16 rounds what else there is; written again it is the same.
TEST_P(CoreMlStored, IsKeptByAFloat16Program) {
  const Model model = with_weights(tiny_model(), GetParam());
  const auto read = through_program(model, {.at_least = IosVersion::kIos18});
  ASSERT_TRUE(read) << read.error().text();
  const auto again = through_program(read->model, {.at_least = IosVersion::kIos18});
  ASSERT_TRUE(again) << again.error().text();
  expect_same_model(again->model, read->model);
}

std::vector<double> scores(const Graph& graph) {
  RefTensor image{graph.type(graph.inputs[0]).shape, {}};
  for (std::int64_t i = 0; i < image.shape.elements(); ++i) image.data.push_back(std::sin(static_cast<double>(i)));
  return (*interpret(graph, std::vector{image}))[0].data;
}

// Where a form does not exist the numbers are the same, and a note says so.
TEST_P(CoreMlStored, GivesTheSameScoresInANeuralNetwork) {
  const Model model = with_weights(tiny_model(), GetParam());
  std::vector<std::string> notes;
  const auto read = through_network(model, &notes);
  ASSERT_TRUE(read) << read.error().text();
  const std::vector<double> a = scores(model.graph), b = scores(read->model.graph);
  for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-6);
  const bool held = GetParam() != Stored::kBlocks && GetParam() != Stored::kInt4Blocks &&
                    GetParam() != Stored::kPaletteGroups && GetParam() != Stored::kSparse &&
                    GetParam() != Stored::kSparseInt8 && GetParam() != Stored::kSparseInt4;
  EXPECT_EQ(notes.empty(), held);
  if (held && GetParam() != Stored::kInt8PerTensor) expect_same_model(read->model, model);
}

INSTANTIATE_TEST_SUITE_P(Forms, CoreMlStored, ::testing::ValuesIn(kAllStored),
                         [](const auto& form) { return std::string(name(form.param)); });

std::string refusal(Stored form, IosVersion at_least) {
  const auto read = through_program(with_weights(tiny_model(), form), {.at_least = at_least});
  return read ? "" : read.error().text();
}

TEST(CoreMlForms, IntegersNeedTheIosThatHasThem) {
  EXPECT_THAT(refusal(Stored::kInt8, IosVersion::kIos15),
              HasSubstr("weights of 8-bit integers need iOS 16, and the file must run on iOS 15; ask for iOS 16 "
                        "(--target ios16)"));
  EXPECT_EQ(refusal(Stored::kInt8, IosVersion::kIos16), "");
  EXPECT_THAT(refusal(Stored::kInt4, IosVersion::kIos17), HasSubstr("need iOS 18"));
  EXPECT_EQ(refusal(Stored::kHalf, IosVersion::kIos15), "");
}

TEST(CoreMlForms, PalettesAndSparsityNeedTheIosThatHasThem) {
  EXPECT_THAT(refusal(Stored::kPalette2, IosVersion::kIos15), HasSubstr("palettes need iOS 16, and the file must run"));
  EXPECT_THAT(refusal(Stored::kSparse, IosVersion::kIos15), HasSubstr("sparse weights need iOS 16"));
  EXPECT_THAT(refusal(Stored::kPalette3, IosVersion::kIos17),
              HasSubstr("palettes of 3 bits or in groups need iOS 18, and the file must run on iOS 17; ask for iOS 18 "
                        "(--target ios18)"));
  EXPECT_THAT(refusal(Stored::kPaletteGroups, IosVersion::kIos16), HasSubstr("need iOS 18"));
}

std::size_t weights_of(Stored form, IosVersion at_least) {
  Model model = exported_net("pawnet");
  model = with_weights(std::move(model), form);
  const auto package = write_ml_program(model, {.at_least = at_least});
  EXPECT_TRUE(package) << package.error().text();
  return package ? package->weights.size() : 0;
}

// Two in three weights are zero: a bit for each, and 8 or 4 for those that are left.
TEST(CoreMlForms, ZerosOfIntegersAreStoredApartFromIos18On) {
  const std::size_t whole = weights_of(Stored::kSparseInt8, IosVersion::kIos17);
  EXPECT_EQ(whole, weights_of(Stored::kInt8, IosVersion::kIos17));
  EXPECT_LT(weights_of(Stored::kSparseInt8, IosVersion::kIos18), 0.6 * static_cast<double>(whole));
  EXPECT_LT(weights_of(Stored::kSparseInt4, IosVersion::kIos18), 0.45 * static_cast<double>(whole));
}

// Weights and activations of 8 bits: what accelerators compute in integers.
TEST(CoreMlForms, ActivationsOf8BitsNeedIos17) {
  const Model model = with_activations_of_8_bits(with_weights(tiny_model(), Stored::kInt8));
  ASSERT_TRUE(verify(model)) << verify(model).error().text();
  const auto read = through_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos17});
  ASSERT_TRUE(read) << read.error().text();
  expect_same_model(read->model, model);
  const auto refused = through_program(model, {.at_least = IosVersion::kIos16});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("quantised activations need iOS 17"));
  EXPECT_THAT(refused.error().hint, HasSubstr("--target ios17"));
}

int version_of(Stored form) {
  const auto package = write_ml_program(with_weights(tiny_model(), form), {.at_least = IosVersion::kIos18});
  return (*coreml::parse_model(package->model.span(), "file"))->version();
}

// Whatever may be used, the file asks for no more than it holds.
TEST(CoreMlForms, TheVersionIsTheLowestThatHoldsTheForm) {
  EXPECT_EQ((*coreml::parse_model(write_ml_program(tiny_model(), {.at_least = IosVersion::kIos18})->model.span(), "f"))
                ->version(),
            6);
  for (const Stored form : {Stored::kInt8, Stored::kInt8PerTensor, Stored::kPalette1, Stored::kPalette2,
                            Stored::kPalette4, Stored::kPalette6, Stored::kPalette8, Stored::kSparse}) {
    EXPECT_EQ(version_of(form), 7) << name(form);
  }
  for (const Stored form : {Stored::kInt4, Stored::kBlocks, Stored::kInt4Blocks, Stored::kPalette3,
                            Stored::kPaletteGroups, Stored::kSparseInt8, Stored::kSparseInt4}) {
    EXPECT_EQ(version_of(form), 9) << name(form);
  }
}

// iOS 16 and iOS 18 write the same forms differently.
TEST(CoreMlForms, OlderConstantsAreReadToo) {
  for (const Stored form : {Stored::kInt8, Stored::kPalette2, Stored::kPalette6, Stored::kSparse, Stored::kHalf}) {
    const Model model = with_weights(tiny_model(), form);
    const auto read = through_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos16});
    ASSERT_TRUE(read) << read.error().text();
    expect_same_model(read->model, model);
  }
}

TEST(CoreMlForms, EqualModelsGiveEqualBytes) {
  const auto a = write_ml_program(tiny_model()), b = write_ml_program(tiny_model());
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->model, b->model);
  EXPECT_EQ(a->weights, b->weights);
  EXPECT_EQ(a->manifest, b->manifest);
  EXPECT_EQ(*write_neural_network(tiny_model()), *write_neural_network(tiny_model()));
}

}  // namespace paw::forms_test::forms_test
