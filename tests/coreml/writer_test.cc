// What the writers put into files: versions, normalisation, texts; float16's guard; what they refuse.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coreml_testing.h"
#include "ops/activation.h"
#include "ops/cast.h"

namespace paw::writer_test {
namespace {

using namespace coreml_testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

coreml::schema::Model message_of(const Bytes& file) { return **coreml::parse_model(file.span(), "file"); }

std::vector<std::string> types_of(const MlPackage& package) {
  coreml::schema::Model message = message_of(package.model);
  std::vector<std::string> types;
  for (const auto& op : block_of(message).operations()) {
    if (op.type() != "const") types.push_back(op.type());
  }
  return types;
}

TEST(CoreMlWriter, SaysWhatPeopleAndXcodeRead) {
  const ModelText text{"Cats and dogs", "Ada", "Apache-2.0", "1.2"};
  const auto program = write_ml_program(small_model(), {.text = text});
  const auto network = write_neural_network(small_model(), {.text = text});
  ASSERT_TRUE(program && network);
  for (const Bytes& file : {program->model, *network}) {
    const coreml::schema::Model m = message_of(file);
    const auto& d = m.description();
    EXPECT_EQ(d.metadata().description(), text.description);
    EXPECT_EQ(d.metadata().author(), text.author);
    EXPECT_EQ(d.metadata().license(), text.license);
    EXPECT_EQ(d.metadata().version(), text.version);
    EXPECT_EQ(d.metadata().user().at("com.apple.coreml.model.preview.type"), "imageClassifier");
    EXPECT_THAT(d.metadata().user().at("com.pawprint.model"), HasSubstr("\"geometry\""));
    EXPECT_EQ(d.predicted_feature(), "classLabel");
    EXPECT_EQ(d.predicted_probabilities(), "classLabel_probs");
    EXPECT_EQ(d.inputs(0).type().image().color(), 20);
  }
  EXPECT_EQ(message_of(program->model).version(), 6);
  EXPECT_EQ(message_of(*network).version(), 4);
}

// classify must be the last op, also of a model that gives more than scores.
TEST(CoreMlWriter, OtherOutputsOfAClassifierStandBeforeClassify) {
  Model model = small_model();
  const auto conv = std::ranges::find(model.graph.nodes, &op::conv2d, &Node::op);
  ASSERT_NE(conv, model.graph.nodes.end());
  model.graph.outputs.push_back(conv->outputs[0]);
  const auto package = write_ml_program(model);
  ASSERT_TRUE(package) << package.error().text();
  EXPECT_EQ(types_of(*package).back(), "classify");
  const auto read = read_mlpackage(*package, "package");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->model.graph.outputs.size(), 2u);
}

// A single scale stays a number; several are one number per channel; neutral ones are left out.
TEST(CoreMlWriter, NormalisesExactlyInFloat32) {
  Model model = small_model();
  const auto begins = [&] { return types_of(write_ml_program(model).value()); };
  EXPECT_THAT(begins(), ElementsAre("mul", "cast", "conv", "reduce_mean", "cast", "softmax", "classify"));
  model.preprocess->bias = {-1, 0, 1};
  EXPECT_THAT(begins(), ElementsAre("mul", "add", "cast", "conv", "reduce_mean", "cast", "softmax", "classify"));
  model.preprocess->scale = {1, 1, 1};
  model.preprocess->bias = {0, 0, 0};
  EXPECT_THAT(begins(), ElementsAre("cast", "conv", "reduce_mean", "cast", "softmax", "classify"));
  EXPECT_THAT(types_of(write_ml_program(model, {.precision = DType::kF32}).value()),
              ElementsAre("conv", "reduce_mean", "softmax", "classify"));
}

TEST(CoreMlWriter, NormalisesANeuralNetworkInItsPreprocessing) {
  Model model = small_model();
  model.preprocess->bias = {-1, -2, -3};
  model.preprocess->color = ColorOrder::kBgr;
  const coreml::schema::Model network = message_of(write_neural_network(model).value());
  const auto& scaler = network.network_classifier().preprocessing(0).scaler();
  EXPECT_EQ(scaler.blue(), -1);
  EXPECT_EQ(scaler.red(), -3);
  EXPECT_FALSE(network.network_classifier().layers(0).has_scale());
  model.preprocess->scale = {0.1, 0.2, 0.3};
  const coreml::schema::Model layered = message_of(write_neural_network(model).value());
  EXPECT_EQ(layered.network_classifier().preprocessing_size(), 0);
  EXPECT_TRUE(layered.network_classifier().layers(0).has_scale());
}

Model with_window(const Conv2dAttrs& attrs) {
  GraphBuilder b("window");
  const ValueId x = b.input("x", {DType::kF32, {1, 8, 8, 2}});
  const ValueId w = b.constant(Tensor::f32({2, 3, 3, 2}, std::vector<float>(36, 0.5f)));
  b.output(b.call(op::conv2d, {x, w}, attrs, {.name = "y"}));
  Model model;
  model.graph = b.finish().value();
  return model;
}

// What readers take a field for that is not stated need not be stated.
TEST(CoreMlWriter, StatesOfAWindowWhatIsNotUsual) {
  const auto convolution = [](const Conv2dAttrs& attrs) {
    const Bytes file = write_neural_network(with_window(attrs)).value();
    EXPECT_TRUE(read_mlmodel(file, "a").value().model.graph.nodes[0].attrs == Attrs(attrs));
    return message_of(file).network().layers(0).convolution();
  };
  for (const Padding padding : {Padding::kSame, Padding::kValid}) {
    const coreml::schema::Convolution usual = convolution({.padding = padding});
    EXPECT_EQ(usual.kernel() + usual.stride() + usual.dilation(), "");
    EXPECT_EQ(usual.groups(), 0u);
    EXPECT_EQ(usual.has_valid(), padding == Padding::kValid);
    EXPECT_FALSE(usual.valid().has_amounts());
  }
  const coreml::schema::Convolution other =
      convolution({.stride = {1, 2}, .dilation = {2, 1}, .padding = Padding::kExplicit, .pads = {0, 1, 0, 0}});
  EXPECT_EQ(other.stride().size(), 2u);
  EXPECT_EQ(other.dilation().size(), 2u);
  EXPECT_EQ(other.valid().amounts().edges_size(), 2);
}

TEST(CoreMlWriter, ReadsBackTheWholeRecord) {
  Model model = small_model();
  model.preprocess = Preprocess{
      .width = 4, .height = 4, .geometry = Geometry::kFit, .filter = ResizeFilter::kArea, .color = ColorOrder::kBgr};
  model.preprocess->scale = {1 / 58.395, 1 / 57.12, 1 / 57.375};
  model.preprocess->bias = {-2.1179, -2.0357, -1.8044};
  model.preprocess->pad_value = 114;
  model.threshold = 0.7;
  const auto program = read_mlpackage(write_ml_program(model).value(), "a");
  const auto network = read_mlmodel(write_neural_network(model).value(), "a");
  ASSERT_TRUE(program && network);
  for (const ReadModel* read : {&*program, &*network}) {
    EXPECT_TRUE(read->model.preprocess == model.preprocess);
    EXPECT_EQ(read->model.threshold, 0.7);
    EXPECT_THAT(read->notes, Not(Contains(HasSubstr("assumed"))));
  }
}

// Without the record, what the file itself says; the rest is assumed, and said.
TEST(CoreMlWriter, FilesWithoutTheRecordKeepTheirNormalisation) {
  Model model = small_model();
  model.preprocess->geometry = Geometry::kStretch;
  model.preprocess->bias = {-1, -2, -3};
  MlPackage package = write_ml_program(model).value();
  package.model = changed(package.model,
                          [](coreml::schema::Model& m) { m.mutable_description()->mutable_metadata()->clear_user(); });
  const auto read = read_mlpackage(package, "a");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_THAT(read->model.preprocess->bias, ElementsAre(-1, -2, -3));
  EXPECT_EQ(static_cast<float>(read->model.preprocess->scale[0]), static_cast<float>(1.0 / 255));
  EXPECT_EQ(read->model.preprocess->geometry, Geometry::kCrop);
  EXPECT_THAT(read->notes, Contains(HasSubstr("the file does not say how a photo becomes 4 x 4 pixels; assumed")));
}

// Files hold float32: read is the shortest number that it stands for, -0.9 and not -0.8999999761581421.
TEST(CoreMlWriter, NormalisationIsReadAsItWasMeant) {
  Model model = small_model();
  model.preprocess->scale = {0.017, 0.017, 0.017};
  model.preprocess->bias = {-0.9, 0.1, -1.1};
  const Change forget = [](coreml::schema::Model& m) { m.mutable_description()->mutable_metadata()->clear_user(); };
  MlPackage package = write_ml_program(model).value();
  package.model = changed(package.model, forget);
  const auto program = read_mlpackage(package, "a");
  const auto network = read_mlmodel(changed(write_neural_network(model).value(), forget), "a");
  ASSERT_TRUE(program && network);
  for (const ReadModel* read : {&*program, &*network}) {
    EXPECT_EQ(read->model.preprocess->scale, model.preprocess->scale);
    EXPECT_EQ(read->model.preprocess->bias, model.preprocess->bias);
  }
}

// A record that says otherwise than the file is not believed.
TEST(CoreMlWriter, TheFileIsRightAgainstItsRecord) {
  const MlPackage good = write_ml_program(small_model()).value();
  for (const std::string& record : {std::string("{}"), std::string("no json"), std::string(R"({"threshold":9})")}) {
    MlPackage package = good;
    package.model = changed(good.model, [&](coreml::schema::Model& m) {
      (*m.mutable_description()->mutable_metadata()->mutable_user())["com.pawprint.model"] = record;
    });
    const auto read = read_mlpackage(package, "a");
    ASSERT_TRUE(read) << record;
    EXPECT_THAT(read->notes, Contains(HasSubstr("is broken and was left out")));
    EXPECT_THAT(read->notes, Contains(HasSubstr("assumed")));
  }
}

// --- float16 ---

Model with_last_scale(float factor) {
  Model model = small_model();
  Value& weights = model.graph[model.graph.nodes[0].inputs[1]];
  std::vector<double> values = real_values({weights.type, *weights.constant});
  for (double& v : values) v *= factor;
  weights.constant = tensor_from_real(weights.type, values).data;
  return model;
}

// The element types that the program computes its convolution in.
int type_of_convolution(const MlPackage& package) {
  coreml::schema::Model m = message_of(package.model);
  return operation(m, "conv").outputs(0).type().tensor().data_type();
}

TEST(CoreMlHalf, KeepsAnOpInFloat32WhoseWeightsLeaveFloat16) {
  constexpr int kHalf = 10, kFloat = 11;
  std::vector<std::string> notes;
  EXPECT_EQ(type_of_convolution(write_ml_program(small_model(), {}, &notes).value()), kHalf);
  EXPECT_THAT(notes, ElementsAre("behind the last op on pixels, 1 op is kept in float32",
                                 "float16: only constants were checked; the model holds no ranges of activations"));
  notes.clear();
  EXPECT_EQ(type_of_convolution(write_ml_program(with_last_scale(1e6f), {}, &notes).value()), kFloat);
  EXPECT_THAT(notes,
              Contains(HasSubstr("conv2d 'conv' is kept in float32: its constant reaches 5e+05, outside float16")));
  notes.clear();
  EXPECT_EQ(type_of_convolution(write_ml_program(with_last_scale(1e-5f), {}, &notes).value()), kFloat);
  EXPECT_THAT(notes, Contains(HasSubstr("reaches only")));
}

TEST(CoreMlHalf, KeepsAnOpInFloat32WhoseKnownRangeLeavesFloat16) {
  Model model = small_model();
  const ValueId made = model.graph.nodes[0].outputs[0];
  model.graph[made].name = "features";
  model.calibration = {
      {.value = "features", .min = -3, .max = 70000, .mean = 0, .variance = 1, .samples = 10, .histogram = {}}};
  std::vector<std::string> notes;
  EXPECT_EQ(type_of_convolution(write_ml_program(model, {}, &notes).value()), 11);
  EXPECT_THAT(notes, ElementsAre(AllOf(HasSubstr("conv2d 'conv' is kept in float32: %features reaches 7e+04"),
                                       HasSubstr("; reduce_mean 'head' is kept in float32")),
                                 HasSubstr("behind the last")));
  // Sums of what still fits may not.
  model.calibration[0].max = 6000;
  notes.clear();
  EXPECT_EQ(type_of_convolution(write_ml_program(model, {}, &notes).value()), 10);
  EXPECT_THAT(notes, ElementsAre(HasSubstr("reduce_mean 'head' is kept in float32: its sums may reach 9.6e+04"),
                                 HasSubstr("behind the last")));
}

// Of weights in integers, channels that are nearly dead need no float32: their scale becomes the smallest that float16
// holds in full, their integers smaller, and no weight moves by more than half of it.
TEST(CoreMlHalf, HoldsNearlyDeadChannelsOfIntegers) {
  constexpr float kLeast = 1.0F / 16384;
  Model model = small_model();
  Graph& graph = model.graph;
  const ValueId weights = graph.nodes[0].inputs[1];
  const TensorType plain = graph.type(weights);
  std::vector<double> stored(static_cast<std::size_t>(plain.shape.elements()));
  for (std::size_t i = 0; i < stored.size(); ++i) stored[i] = static_cast<double>(i % 255) - 127;
  const auto with_scales = [&](std::vector<float> scales) {
    const QuantParams quant{.scale = std::move(scales), .zero_point = {0, 0}, .axis = 0, .block = 0};
    const TensorType type{DType::kI8, plain.shape, std::make_shared<const QuantParams>(quant)};
    Model out = model;
    GraphBuilder b("small");
    ValueId x = b.input("image", {DType::kF32, {1, 4, 4, 3}});
    const ValueId w = b.call(op::dequantize, {b.constant(tensor_from_stored(type, stored))});
    b.set_scope("conv");
    x = b.call(op::conv2d, {x, w}, graph.nodes[0].attrs);
    b.set_scope("head");
    x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}});
    b.output(b.call(op::softmax, {x}, {}, {.name = "scores"}));
    out.graph = b.finish().value();
    return out;
  };
  const Model near_dead = with_scales({0.01F, 3e-6F});
  std::vector<std::string> notes;
  const MlPackage package = write_ml_program(near_dead, {.at_least = IosVersion::kIos16}, &notes).value();
  EXPECT_EQ(type_of_convolution(package), 10);
  const auto read = read_mlpackage(package, "a");
  ASSERT_TRUE(read) << read.error().text();
  const auto weights_of = [](const Graph& g) {
    for (const Node& node : g.nodes) {
      if (node.op == &op::dequantize && g.is_constant(node.inputs[0])) return g.tensor(node.inputs[0]);
    }
    return Tensor{};
  };
  const Tensor got = weights_of(read->model.graph), wanted = weights_of(near_dead.graph);
  ASSERT_TRUE(got.type.quant);
  EXPECT_EQ(got.type.quant->scale[1], kLeast);
  const std::vector<double> a = real_values(got), b = real_values(wanted);
  for (std::size_t i = 0; i < a.size(); ++i) {
    EXPECT_NEAR(a[i], b[i], i < a.size() / 2 ? 127 * 0.01 / 2048 : kLeast / 2.0) << i;
  }
  // Where all channels are like that, nothing can be made larger.
  notes.clear();
  EXPECT_EQ(type_of_convolution(
                write_ml_program(with_scales({3e-6F, 3e-6F}), {.at_least = IosVersion::kIos16}, &notes).value()),
            11);
  EXPECT_THAT(notes, Contains(HasSubstr("reaches only 3e-06")));
}

// --- what is refused ---

TEST(CoreMlWriter, RefusesWhatNoFileHolds) {
  Model warm = small_model();
  warm.temperature = 2;
  EXPECT_THAT(write_ml_program(warm).error().text(),
              HasSubstr("its temperature is not yet part of the graph; export the model first"));
  EXPECT_THAT(write_neural_network(warm).error().text(), HasSubstr("temperature"));
  EXPECT_EQ(write_ml_program(small_model(), {.precision = DType::kI8}).error().code, ErrorCode::kUsage);
}

Model wide_model(DType dtype) {
  GraphBuilder b("wide");
  const ValueId x = b.input("x", {dtype, {2, 3}});
  b.output(b.call(op::neg, {x}, {}, {.name = "y"}));
  Model model;
  model.graph = b.finish().value();
  return model;
}

TEST(CoreMlWriter, TakesNumbersThatAreNoPhotos) {
  for (const DType dtype : {DType::kF32, DType::kI32}) {
    const auto read = read_mlpackage(write_ml_program(wide_model(dtype)).value(), "a");
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_FALSE(read->model.preprocess);
    EXPECT_EQ(read->model.graph.type(read->model.graph.inputs[0]).dtype, dtype);
  }
  EXPECT_THAT(write_neural_network(wide_model(DType::kI32)).error().text(),
              HasSubstr("a NeuralNetwork computes with floats only"));
  EXPECT_THAT(write_ml_program(wide_model(DType::kI64)).error().text(),
              HasSubstr("Core ML has no inputs and outputs of type i64[2,3]"));
}

// A model whose pixels are its input (take_pixels): they come as floats in Core ML.
TEST(CoreMlWriter, TakesPixelsAsTheyAre) {
  GraphBuilder b("pixels");
  ValueId x = b.input("image", {DType::kU8, {1, 2, 2, 1}, per_tensor(1, 0)});
  x = b.call(op::dequantize, {x}, DtypeAttrs{DType::kF32});
  b.output(b.call(op::relu, {x}, {}, {.name = "y"}));
  Model model;
  model.graph = b.finish().value();
  model.preprocess = Preprocess{.width = 2, .height = 2, .resize_short = 2, .color = ColorOrder::kGray};
  model.preprocess->scale = {1, 1, 1};
  const auto program = read_mlpackage(write_ml_program(model, {.precision = DType::kF32}).value(), "a");
  const auto network = read_mlmodel(write_neural_network(model).value(), "a");
  ASSERT_TRUE(program && network);
  for (const ReadModel* read : {&*program, &*network}) {
    EXPECT_TRUE(read->model.preprocess == model.preprocess);
    ASSERT_EQ(read->model.graph.nodes.size(), 1u);
    EXPECT_EQ(read->model.graph.nodes[0].op, &op::relu);
  }
}

// Activations in integers, from iOS 17 on.
TEST(CoreMlWriter, QuantisesActivations) {
  GraphBuilder b("w8a8");
  ValueId x = b.input("x", {DType::kF32, {1, 2, 2, 3}});
  x = b.call(op::quantize, {x}, DtypeAttrs{DType::kI8}, {.quant = per_tensor(0.03125f, -3)});
  x = b.call(op::dequantize, {x}, DtypeAttrs{DType::kF32});
  b.output(b.call(op::relu, {x}, {}, {.name = "y"}));
  Model model;
  model.graph = b.finish().value();
  const auto read =
      read_mlpackage(write_ml_program(model, {.precision = DType::kF32, .at_least = IosVersion::kIos17}).value(), "a");
  ASSERT_TRUE(read) << read.error().text();
  ASSERT_EQ(read->model.graph.nodes.size(), 3u);
  EXPECT_EQ(read->model.graph.nodes[0].op, &op::quantize);
  EXPECT_EQ(*read->model.graph.type(read->model.graph.nodes[0].outputs[0]).quant, *per_tensor(0.03125f, -3));
  EXPECT_THAT(write_ml_program(model).error().text(), HasSubstr("quantised activations need iOS 17"));
  EXPECT_THAT(write_neural_network(model).error().text(), HasSubstr("activations of a NeuralNetwork are floats"));
}

}  // namespace
}  // namespace paw::writer_test
