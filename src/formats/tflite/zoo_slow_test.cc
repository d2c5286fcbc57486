// Files that others wrote, in the folder that PAW_ZOO names.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "formats/tflite/tflite_file.h"
#include "host/file.h"

namespace paw::zoo_slow_test {

class TfliteZoo : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* zoo = std::getenv("PAW_ZOO");
    if (zoo == nullptr) GTEST_SKIP() << "no PAW_ZOO";
    folder_ = std::filesystem::path(zoo) / "models";
  }
  Result<ReadModel> read(const char* name) const {
    const auto file = map_file(folder_ / name);
    if (!file) return std::unexpected(file.error());
    return read_tflite(*file, name);
  }
  std::filesystem::path folder_;
};

TEST_F(TfliteZoo, ModelsOfEveryKind) {
  struct Case {
    const char* file;
    DType input;
    std::size_t nodes;
    bool photos;
  };
  const Case cases[] = {
      {"coral/mobilenet_v1_0.25_128_quant.tflite", DType::kU8, 58, true},
      {"coral/mobilenet_v2_1.0_224_quant.tflite", DType::kU8, 101, true},
      {"tflite-support/mobilenet_v1_0.25_224_quant.tflite", DType::kU8, 31, true},
      {"tflite-support/mobilenet_v1_0.25_224_1_default_1.tflite", DType::kF32, 58, true},
      {"misc/mobilenet_v1_0.25_128.tflite", DType::kF32, 58, true},
      {"mlperf-tiny/image_classification/pretrainedResnet.tflite", DType::kF32, 23, true},
      {"mlperf-tiny/image_classification/pretrainedResnet_quant.tflite", DType::kI8, 23, true},
      {"mlperf-tiny/visual_wake_words/vww_96_float.tflite", DType::kF32, 58, true},
      {"mlperf-tiny/visual_wake_words/vww_96_int8.tflite", DType::kI8, 58, true},
      {"mlperf-tiny/keyword_spotting/kws_ref_model.tflite", DType::kI8, 22, true},
      {"mlperf-tiny/keyword_spotting/kws_ref_model_float32.tflite", DType::kF32, 22, true},
      {"ultraface/slim-320_without_postprocessing.tflite", DType::kF32, 102, true},
  };
  for (const Case& c : cases) {
    const auto read = this->read(c.file);
    ASSERT_TRUE(read) << read.error().text();
    const Graph& graph = read->model.graph;
    EXPECT_EQ(graph.type(graph.inputs[0]).dtype, c.input) << c.file;
    EXPECT_EQ(graph.nodes.size(), c.nodes) << c.file;
    EXPECT_EQ(read->model.preprocess.has_value(), c.photos) << c.file;
  }
}

// Weights of integers beside float activations: LiteRT's "dynamic range".
TEST_F(TfliteZoo, DynamicRangeWeightsStayIntegers) {
  const auto read = this->read("mlperf-tiny/keyword_spotting/kws_ref_model_float32.tflite");
  ASSERT_TRUE(read) << read.error().text();
  const Graph& graph = read->model.graph;
  EXPECT_EQ(graph.type(graph.nodes[0].inputs[1]).dtype, DType::kI8);
  EXPECT_EQ(graph.type(graph.nodes[0].outputs[0]).dtype, DType::kF32);
}

TEST_F(TfliteZoo, BytesOfPixelsGoInUnchanged) {
  const auto u8 = read("coral/mobilenet_v1_0.25_128_quant.tflite");
  ASSERT_TRUE(u8);
  EXPECT_EQ(u8->model.preprocess->scale[0], 0.0078125);
  EXPECT_EQ(u8->model.preprocess->bias[0], -1);
  const auto i8 = read("mlperf-tiny/image_classification/pretrainedResnet_quant.tflite");
  ASSERT_TRUE(i8);
  EXPECT_EQ(i8->model.preprocess->scale[0], 1);
  EXPECT_EQ(i8->model.preprocess->bias[0], 0);
}

TEST_F(TfliteZoo, CustomOperatorsAreRefusedInPlainWords) {
  const auto custom = read("coral/model_invoking_error.tflite");
  ASSERT_FALSE(custom);
  EXPECT_EQ(custom.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(custom.error().message,
            "is the custom operator 'fake-op-double', which only the program that it was made for can run");
  const auto tpu = read("coral/mobilenet_v1_0.25_128_quant_edgetpu.tflite");
  ASSERT_FALSE(tpu);
  EXPECT_EQ(tpu.error().message, "is compiled for an Edge TPU, and nothing else can run it");
  EXPECT_EQ(tpu.error().hint, "use the file that the Edge TPU compiler was given");
}

}  // namespace paw::zoo_slow_test
