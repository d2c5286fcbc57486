// ML Programs that are broken, or hold what is not supported: refused, by name. What coremltools' own loader accepts
// without a word is among them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coreml_testing.h"
#include "formats/coreml/lists.h"

namespace paw::program_refused_test {
namespace {

using namespace coreml_testing;
using coreml::schema::Model;
using ::testing::HasSubstr;

TEST(ProgramRefused, NothingWhenNothingIsChanged) {
  EXPECT_EQ(program_refusal([](Model&) {}), "");
}

TEST(ProgramRefused, WhatTheDescriptionSaysOfTheImage) {
  const auto image = [](Model& m) {
    return m.mutable_description()->mutable_inputs(0)->mutable_type()->mutable_image();
  };
  EXPECT_THAT(program_refusal([&](Model& m) { image(m)->set_width(5); }),
              HasSubstr("the image goes into fp32[1,3,4,4], not fp32[1,3,4,5]"));
  EXPECT_THAT(program_refusal([&](Model& m) { image(m)->set_width(-1); }),
              HasSubstr("an image of -1 x 4 pixels is not supported"));
  EXPECT_THAT(program_refusal([&](Model& m) { image(m)->set_color(10); }), HasSubstr("not fp32[1,1,4,4]"));
  EXPECT_THAT(program_refusal([&](Model& m) { image(m)->set_color(40); }),
              HasSubstr("colour space 40 is not supported"));
  EXPECT_THAT(program_refusal([&](Model& m) { image(m)->set_color(77); }),
              HasSubstr("feature 'image'] colour space 77"));
}

TEST(ProgramRefused, WhatTheDescriptionSaysOfNames) {
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_description()->mutable_inputs(0)->set_name("other"); }),
              HasSubstr("input 'other'] the program does not have it"));
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_description()->mutable_outputs(0)->set_name("other"); }),
              HasSubstr("'classLabel' is said to be the prediction, but is no output"));
  EXPECT_THAT(program_refusal([](Model& m) {
                m.mutable_description()->mutable_outputs(1)->set_name("other");
                m.mutable_description()->set_predicted_probabilities("other");
              }),
              HasSubstr("does not name the results of classify as its prediction"));
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_description()->set_predicted_feature(""); }),
              HasSubstr("does not name the results of classify"));
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_description()->set_predicted_feature("classLabel_probs"); }),
              HasSubstr("it is said to be the prediction, but has another type"));
  EXPECT_THAT(program_refusal([](Model& m) { *m.mutable_description()->add_outputs() = m.description().outputs(0); }),
              HasSubstr("two features are named 'classLabel'"));
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_description()->mutable_inputs(0)->set_name(""); }),
              HasSubstr("a feature has no name"));
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_description()->clear_outputs(); }), HasSubstr("is no output"));
  EXPECT_THAT(
      program_refusal([](Model& m) { m.mutable_description()->mutable_inputs(0)->mutable_type()->mutable_sequence(); }),
      HasSubstr("sequences are not supported"));
}

TEST(ProgramRefused, VersionsFunctionsAndOpsets) {
  EXPECT_THAT(program_refusal([](Model& m) { m.set_version(5); }),
              HasSubstr("its opset CoreML5 needs version 6, the file says 5"));
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_program()->set_version(2); }),
              HasSubstr("program version 2, not 1"));
  EXPECT_THAT(program_refusal([](Model& m) { m.mutable_program()->clear_functions(); }), HasSubstr("has 0 functions"));
  EXPECT_THAT(program_refusal([](Model& m) { (*m.mutable_program()->mutable_functions())["more"]; }),
              HasSubstr("has 2 functions"));
  EXPECT_THAT(
      program_refusal([](Model& m) { (*m.mutable_program()->mutable_functions())["main"].set_opset("CoreML99"); }),
      HasSubstr("its opset 'CoreML99' is not supported"));
  EXPECT_THAT(program_refusal([](Model& m) {
                (*m.mutable_program()->mutable_functions())["main"].set_opset("CoreML6");
                m.set_version(7);
              }),
              HasSubstr("has no block for its opset"));
}

TEST(ProgramRefused, Operations) {
  EXPECT_THAT(program_refusal([](Model& m) { operation(m, "conv").set_type("custom_layer"); }),
              HasSubstr("custom_layer 'conv'] this op is not supported"));
  EXPECT_THAT(program_refusal([](Model& m) { operation(m, "conv").add_blocks(); }),
              HasSubstr("control flow is not supported"));
  EXPECT_THAT(program_refusal([](Model& m) { operation(m, "conv").mutable_outputs(0)->set_name("image"); }),
              HasSubstr("defines a name that is taken"));
  EXPECT_THAT(program_refusal([](Model& m) {
                (*operation(m, "conv").mutable_inputs())["x"].mutable_bindings(0)->set_name("scores");
              }),
              HasSubstr("its input x is missing or is computed later"));
  EXPECT_THAT(program_refusal([](Model& m) { operation(m, "conv").mutable_inputs()->erase("weight"); }),
              HasSubstr("its input weight is missing"));
  EXPECT_THAT(program_refusal([](Model& m) { operation(m, "conv").clear_outputs(); }), HasSubstr("has 0 results"));
  EXPECT_THAT(program_refusal([](Model& m) { block_of(m).add_outputs("more"); }),
              HasSubstr("3 outputs, the description 2"));
  EXPECT_THAT(program_refusal([](Model& m) { block_of(m).add_inputs(); }), HasSubstr("inputs of its own"));
  EXPECT_THAT(program_refusal([](Model& m) { *block_of(m).add_operations() = operation(m, "conv"); }),
              HasSubstr("stands behind classify"));
}

TEST(ProgramRefused, TypesThatAreNotWhatIsComputed) {
  const auto dimension = [](Model& m, std::string_view op, int axis) {
    return operation(m, op).mutable_outputs(0)->mutable_type()->mutable_tensor()->mutable_dimensions(axis);
  };
  EXPECT_THAT(program_refusal([&](Model& m) { dimension(m, "conv", 1)->mutable_constant()->set_size(3); }),
              HasSubstr("in the file's order [1,2,4,4], but states fp16[1,3,4,4]"));
  EXPECT_THAT(program_refusal([&](Model& m) { dimension(m, "conv", 1)->mutable_constant()->set_size(0); }),
              HasSubstr("has an extent of 0 or is too large"));
  EXPECT_THAT(program_refusal([&](Model& m) { dimension(m, "conv", 1)->mutable_constant()->set_size(UINT64_MAX); }),
              HasSubstr("has an extent of 0 or is too large"));
  EXPECT_THAT(program_refusal([&](Model& m) { dimension(m, "conv", 1)->mutable_unknown(); }),
              HasSubstr("flexible shape"));
  EXPECT_THAT(program_refusal([&](Model& m) {
                operation(m, "conv").mutable_outputs(0)->mutable_type()->mutable_tensor()->set_rank(3);
              }),
              HasSubstr("has 3 axes"));
  EXPECT_THAT(program_refusal([&](Model& m) {
                operation(m, "conv").mutable_outputs(0)->mutable_type()->mutable_tensor()->set_data_type(23);
              }),
              HasSubstr("but states int32[1,2,4,4]"));
  EXPECT_THAT(program_refusal([&](Model& m) {
                operation(m, "conv").mutable_outputs(0)->mutable_type()->mutable_tensor()->set_data_type(99);
              }),
              HasSubstr("element type 99"));
}

// Division by zero, and sizes that overflow (bad-inputs, classes 1 and 4).
TEST(ProgramRefused, NumbersThatNoConvolutionHas) {
  const auto with_ints = [](std::vector<std::int64_t> values, std::string_view param) {
    return program_refusal([&](Model& m) {
      auto& binding = *(*operation(m, "conv").mutable_inputs())[std::string(param)].mutable_bindings(0);
      auto& value = *binding.mutable_value();
      auto& tensor = *value.mutable_type()->mutable_tensor();
      tensor.set_data_type(23);
      tensor.set_rank(1);
      tensor.add_dimensions()->mutable_constant()->set_size(values.size());
      value.mutable_immediate()->mutable_tensor()->mutable_ints()->set_values(coreml::pack_integers(values));
    });
  };
  EXPECT_EQ(with_ints({1, 1}, "strides"), "");
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    EXPECT_NE(with_ints({bad, 1}, "strides"), "") << bad;
    EXPECT_NE(with_ints({bad, 1}, "dilations"), "") << bad;
    EXPECT_NE(with_ints({bad}, "groups"), "") << bad;
  }
  EXPECT_THAT(with_ints({1}, "strides"), HasSubstr("has 1 numbers, not 2"));
  EXPECT_THAT(with_ints({1, 1, 1}, "pad"), HasSubstr(""));
}

TEST(ProgramRefused, LabelsThatDoNotGoWithTheScores) {
  EXPECT_THAT(program_refusal([](Model& m) {
                auto& list = *(*operation(m, "classify").mutable_inputs())["classes"]
                                  .mutable_bindings(0)
                                  ->mutable_value()
                                  ->mutable_immediate()
                                  ->mutable_list();
                *list.add_values() = list.values(0);
              }),
              HasSubstr("has 3 labels for 2 probabilities"));
  EXPECT_THAT(program_refusal([](Model& m) {
                (*operation(m, "classify").mutable_inputs())["classes"].mutable_bindings(0)->set_name("x");
              }),
              HasSubstr("has its classes somewhere else"));
}

// Numbers of weight.bin: somewhere else, of another size, of another kind, outside, across each other.
std::string weights_refusal(const std::function<void(MlPackage&)>& change) {
  MlPackage package = write_ml_program(small_model()).value();
  change(package);
  const auto read = read_mlpackage(package, "a.mlpackage");
  return read ? "" : read.error().text();
}

template <class T>
Bytes with_number(const Bytes& file, std::size_t at, T value) {
  AlignedBuffer copy(file.size());
  std::memcpy(copy.data(), file.data(), file.size());
  std::memcpy(copy.data() + at, &value, sizeof value);
  return {std::move(copy)};
}

coreml::schema::Value::Blob& blob(Model& m) {
  for (auto& op : *block_of(m).mutable_operations()) {
    if (op.type() != "const") continue;
    auto& value = (*op.mutable_attributes())["val"];
    if (value.has_blob()) return *value.mutable_blob();
  }
  std::abort();
}

TEST(ProgramRefused, RecordsOfTheWeightFile) {
  const auto number = [](std::size_t at, auto value) {
    return weights_refusal([&](MlPackage& p) { p.weights = with_number(p.weights, at, value); });
  };
  EXPECT_THAT(number(4, 1u), HasSubstr("has version 1, not 2"));
  EXPECT_THAT(number(64, 0xDEADBEE0u), HasSubstr("record at 64] does not begin with its mark"));
  EXPECT_THAT(number(68, 2u), HasSubstr("holds element type 2, the program says fp16"));
  EXPECT_THAT(number(72, std::uint64_t{106}), HasSubstr("holds 106 bytes, the program needs 108"));
  EXPECT_THAT(number(80, std::uint64_t{1} << 60), HasSubstr("has its numbers outside the file or elsewhere"));
  EXPECT_THAT(number(80, std::uint64_t{64}), HasSubstr("has its numbers outside the file or elsewhere"));
  EXPECT_THAT(weights_refusal([](MlPackage& p) { p.weights = p.weights.slice(0, 130); }),
              HasSubstr("outside the file"));
  EXPECT_THAT(weights_refusal([](MlPackage& p) { p.weights = {}; }), HasSubstr("lies outside the file of 0 bytes"));
  const auto offset = [](std::uint64_t value) { return program_refusal([&](Model& m) { blob(m).set_offset(value); }); };
  EXPECT_THAT(offset(65), HasSubstr("record at 65] is not at a multiple of 64"));
  EXPECT_THAT(offset(0), HasSubstr("is not at a multiple of 64"));
  EXPECT_THAT(offset(UINT64_MAX - 63), HasSubstr("lies outside the file"));
  EXPECT_THAT(offset(128), HasSubstr("does not begin with its mark"));
}

// A few bytes that say they are many (bad-inputs, class 6).
TEST(ProgramRefused, ConstantsThatAreLargerThanWhatHoldsThem) {
  EXPECT_THAT(program_refusal([](Model& m) {
                auto& op = operation(m, "const");
                auto& tensor = *(*op.mutable_attributes())["val"].mutable_type()->mutable_tensor();
                tensor.clear_dimensions();
                tensor.set_rank(1);
                tensor.add_dimensions()->mutable_constant()->set_size(std::uint64_t{1} << 28);
              }),
              HasSubstr("without weight.bin"));
}

TEST(ProgramRefused, AProgramAloneWhoseNumbersLieInAnotherFile) {
  const auto read = read_mlmodel(write_ml_program(small_model()).value().model, "a.mlmodel");
  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().text(), HasSubstr("outside this file; give the .mlpackage folder instead"));
}

}  // namespace
}  // namespace paw::program_refused_test
