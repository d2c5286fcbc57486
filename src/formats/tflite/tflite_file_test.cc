// What a file holds beside its graph, and what the writer promises of its bytes.
#include "formats/tflite/tflite_file.h"

#include <gtest/gtest.h>

#include "formats/tflite/load.h"
#include "formats/tflite/runtime_version.h"
#include "formats/tflite/task_metadata.h"
#include "ir/builder.h"
#include "ops/conv2d.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "record/model_record.h"
#include "schema_generated.h"

namespace paw::tflite_file_test {

using tflite::File;

Tensor filled(TensorType type, double value) {
  return tensor_from_real(type, std::vector<double>(static_cast<std::size_t>(type.shape.elements()), value));
}

// Two convolutions with the same weights, and scores.
Model small_model(bool per_channel_dense = false) {
  GraphBuilder b("small");
  ValueId x = b.input("image", {DType::kF32, {1, 4, 4, 3}});
  for (int i = 0; i < 2; ++i) {
    const ValueId w = b.constant(filled({DType::kF32, {3, 3, 3, 3}}, 0.25)),
                  bias = b.constant(filled({DType::kF32, Shape{3}}, 1));
    x = b.call(op::conv2d, {x, w, bias}, Conv2dAttrs{.padding = Padding::kSame},
               {{}, "conv" + std::to_string(i), nullptr});
    x = b.call(op::relu6, {x}, {}, {{}, "relu" + std::to_string(i), nullptr});
  }
  x = b.call(op::reduce_mean, {x}, ReduceAttrs{{1, 2}, false}, {{}, "mean", nullptr});
  Tensor dense = filled({DType::kF32, {2, 3}}, 0.5);
  if (per_channel_dense) {
    const auto quant =
        std::make_shared<const QuantParams>(QuantParams{.scale = {0.01F, 0.02F}, .zero_point = {0, 0}, .axis = 0});
    dense = filled({DType::kI8, {2, 3}, quant}, 0.5);
  }
  x = b.call(op::fully_connected, {x, b.constant(dense), {}}, {}, {{}, "head", nullptr});
  b.output(b.call(op::softmax, {x}, {}, {"scores", "scores", nullptr}));
  Model model{.graph = *b.finish()};
  model.preprocess = Preprocess{.width = 4,
                                .height = 4,
                                .geometry = Geometry::kCrop,
                                .resize_short = 5,
                                .filter = ResizeFilter::kBicubic,
                                .scale = {1 / 58.4, 1 / 57.1, 1 / 57.4},
                                .bias = {-2.1, -2.0, -1.8}};
  model.labels = {"cat", "gr\xC3\xBC\xC3\x9F dich"};
  model.threshold = 0.625;
  return model;
}

File opened(const Bytes& bytes) {
  auto file = tflite::load(bytes, "model.tflite");
  EXPECT_TRUE(file) << file.error().text();
  return file ? std::move(*file) : File{};
}

TEST(TfliteFile, KeepsWhatIsBesideTheGraph) {
  const Model model = small_model();
  const auto file = write_tflite(model);
  ASSERT_TRUE(file) << file.error().text();
  const auto read = read_tflite(*file, "model.tflite");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->model.preprocess, model.preprocess);
  EXPECT_EQ(read->model.labels, model.labels);
  EXPECT_EQ(read->model.threshold, model.threshold);
  EXPECT_TRUE(read->notes.empty());
  EXPECT_EQ(read->model.graph[read->model.graph.inputs[0]].name, "image");
  EXPECT_EQ(read->model.graph[read->model.graph.outputs[0]].name, "scores");
  EXPECT_EQ(read->model.graph.nodes[0].source, "relu0");  // the layer that the file knows
}

TEST(TfliteFile, AxesAndShapesLeaveNoConstants) {
  const auto read = read_tflite(*write_tflite(small_model()), "model.tflite");
  ASSERT_TRUE(read) << read.error().text();
  for (const Value& value : read->model.graph.values) EXPECT_NE(value.type.dtype, DType::kI32) << value.name;
}

TEST(TfliteFile, WithoutMetadataIsAssumedAndNoted) {
  Model model = small_model();
  const auto file = write_tflite(model, {.text = {}, .min_runtime = {}, .metadata = false});
  ASSERT_TRUE(file);
  const auto read = read_tflite(*file, "model.tflite");
  ASSERT_TRUE(read) << read.error().text();
  EXPECT_EQ(read->model.preprocess->scale[0], 1 / 127.5);
  EXPECT_EQ(read->model.preprocess->bias[0], -1);
  EXPECT_EQ(read->model.preprocess->geometry, Geometry::kStretch);
  EXPECT_TRUE(read->model.labels.empty());
  EXPECT_EQ(read->notes.size(), 2u);
}

// What others read: one value per channel, from mean and std, in the metadata of the task libraries.
TEST(TfliteFile, NormalisationForOthers) {
  const auto file = write_tflite(small_model());
  ASSERT_TRUE(file);
  const auto metadata = tflite::read_task_metadata(opened(*file));
  ASSERT_TRUE(metadata) << metadata.error().text();
  ASSERT_TRUE(metadata->normalization);
  ASSERT_EQ(metadata->normalization->std.size(), 3u);
  EXPECT_NEAR(metadata->normalization->std[0], 58.4, 1e-4);
  EXPECT_NEAR(metadata->normalization->mean[0], 2.1 * 58.4, 1e-4);
  EXPECT_EQ(metadata->labels_file, "labels.txt");
}

TEST(TfliteFile, SameModelSameBytes) { EXPECT_EQ(*write_tflite(small_model()), *write_tflite(small_model())); }

TEST(TfliteFile, StoresEqualConstantsOnceAndAligned) {
  const auto bytes = write_tflite(small_model());
  ASSERT_TRUE(bytes);
  const File file = opened(*bytes);
  std::vector<const std::byte*> weights;
  for (const tflite::FileTensor& tensor : file.tensors) {
    if (!tensor.data) continue;
    EXPECT_EQ((tensor.data->data() - file.bytes.data()) % 16, 0) << tensor.name;
    if (tensor.shape.size() == 4) weights.push_back(tensor.data->data());
  }
  ASSERT_EQ(weights.size(), 2u);
  EXPECT_EQ(weights[0], weights[1]);
}

// Quantisers of others go by name: each tensor has its own, constants by what reads them, the output the graph's.
TEST(TfliteFile, EveryTensorHasANameOfItsOwn) {
  Model model = small_model();
  for (Node& node : model.graph.nodes) {
    if (node.op == &op::conv2d) node.source = "scores";
  }
  const auto bytes = write_tflite(model);
  ASSERT_TRUE(bytes);
  std::vector<std::string> names;
  for (const tflite::FileTensor& tensor : opened(*bytes).tensors) names.emplace_back(tensor.name);
  for (const char* name : {"image", "scores", "scores/weights", "scores/weights:1", "scores/bias", "head/weights"}) {
    EXPECT_EQ(std::ranges::count(names, name), 1) << name;
  }
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_FALSE(names.front().empty());
}

TEST(TfliteFile, WhatReadersLookAt) {
  const auto bytes = write_tflite(small_model(), {.text = {"small cats", "Ada", "MIT", "1.2"}, .min_runtime = {}});
  ASSERT_TRUE(bytes);
  const File file = opened(*bytes);
  const auto& model = *file.model;
  EXPECT_EQ(model.description()->str(), "small cats");
  const auto texts = tflite::read_task_metadata(file);
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->text.author, "Ada");
  EXPECT_EQ(texts->text.license, "MIT");
  EXPECT_EQ(texts->text.version, "1.2");
  const tflite::schema::Buffer& sentinel = *(*model.buffers())[0];
  EXPECT_EQ(sentinel.data(), nullptr);
  const tflite::schema::SignatureDef& signature = *(*model.signature_defs())[0];
  EXPECT_EQ(signature.signature_key()->str(), "serving_default");
  EXPECT_EQ((*signature.inputs())[0]->name()->str(), "image");
  EXPECT_EQ((*signature.outputs())[0]->name()->str(), "scores");
  for (const auto* code : *model.operator_codes()) {
    EXPECT_EQ(code->deprecated_builtin_code(), std::min(static_cast<int>(code->builtin_code()), 127));
  }
  const auto runtime = tflite::metadata_entry(file, "min_runtime_version");
  ASSERT_TRUE(runtime && *runtime);
  ASSERT_EQ((*runtime)->size(), 16u);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>((*runtime)->data())), "1.6.0");  // of MEAN
}

TEST(TfliteFile, ARuntimeThatIsTooOldIsNamedWithTheOpAndItsVersion) {
  const Model model = small_model(true);
  EXPECT_TRUE(write_tflite(model, {.text = {}, .min_runtime = "2.17.0"}));
  const auto refused = write_tflite(model, {.text = {}, .min_runtime = "2.4.0"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(refused.error().message,
            "fully_connected 'head' needs version 12 of FULLY_CONNECTED, which runtimes before 2.17.0 do not have, and "
            "2.4.0 was asked for");
  const auto wrong = write_tflite(model, {.text = {}, .min_runtime = "2.4"});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::kUsage);
}

TEST(TfliteFile, LabelsOfSeveralLinesAreRefused) {
  Model model = small_model();
  model.labels[1] = "two\nlines";
  const auto file = write_tflite(model);
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("more than one line"), std::string::npos);
}

// A label more or less would name every class wrongly.
TEST(TfliteFile, LabelsThatDoNotFitAreLeftOut) {
  Model model = small_model();
  const auto file = write_tflite(model);
  ASSERT_TRUE(file);
  std::string text(reinterpret_cast<const char*>(file->data()), file->size());
  const std::size_t at = text.find("PK\3\4");
  AlignedBuffer front(at);
  std::ranges::copy(file->span().first(at), front.data());
  // The archive gone: named, not there.
  const auto without = read_tflite(Bytes(std::move(front)), "model.tflite");
  ASSERT_TRUE(without) << without.error().text();
  EXPECT_TRUE(without->model.labels.empty());
  ASSERT_EQ(without->notes.size(), 1u);
  EXPECT_EQ(without->notes[0], "The labels 'labels.txt' that the file names are not packed with it.");
}

TEST(TfliteFile, ATemperatureMustBeFoldedFirst) {
  Model model = small_model();
  model.temperature = 1.5;
  const auto file = write_tflite(model);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, ErrorCode::kInternal);
}

TEST(RuntimeVersion, ComparesNumberByNumber) {
  EXPECT_TRUE(tflite::runtime_before("1.9.0", "1.14.0"));
  EXPECT_TRUE(tflite::runtime_before("1.15.0", "2.3.0"));
  EXPECT_FALSE(tflite::runtime_before("2.17.0", "2.17.0"));
  EXPECT_FALSE(tflite::runtime_before("2.17.0", "2.3.0"));
  for (const char* text : {"", "2", "2.3", "2.3.", "2.3.0.1", "a.b.c", "2.-3.0", "2.3.0 "}) {
    EXPECT_FALSE(tflite::is_runtime_version(text)) << text;
  }
}

}  // namespace paw::tflite_file_test
