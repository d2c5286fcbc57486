// paw_app_web_models FOLDER: model files for web apps of every kind: sizes, geometries, classes, labels that are hard
// on files and pages. FOLDER/colors.paw answers with the colour that a photo has most of; FOLDER/imagenet.paw, where
// setup/backbone has fetched its weights, has 1,000 classes whose scores are real ones.
#include <cstdio>
#include <filesystem>
#include <string>

#include "formats/paw/paw_file.h"
#include "host/file.h"
#include "ir/builder.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "ops/reduce.h"
#include "pipeline/backbone.h"

namespace paw {
namespace {

struct Kind {
  const char* net;
  std::int64_t classes, size;
  Geometry geometry;
  double temperature;  // random weights give nearly equal scores, which would agree whatever is wrong
  ColorOrder color = ColorOrder::kRgb;
};

constexpr Kind kKinds[] = {{"pawnet", 2, 160, Geometry::kCrop, 0.05},
                           {"pawnet", 3, 260, Geometry::kFit, 0.02, ColorOrder::kBgr},
                           {"mobilenet_v3_small", 1000, 224, Geometry::kStretch, 0.00005}};

// Quotes, commas, markup, emoji, other scripts, 200 characters: none may be taken for anything but a label.
std::string label(std::int64_t i) {
  const std::string hard[] = {"a \"quoted\", 'label' \\ </script>", "кошка, 猫 🐈‍⬛",
                              std::string(200, 'w')};
  return i < 3 ? hard[i] : "class " + std::to_string(i);
}

Result<Model> of_kind(const Kind& kind) {
  PAW_ASSIGN_OR_RETURN(Model model, build_net(kind.net, {.size = kind.size, .classes = kind.classes}));
  model.preprocess->geometry = kind.geometry;
  model.preprocess->resize_short = kind.size + 20;
  model.preprocess->color = kind.color;
  model.preprocess->pad_value = kind.geometry == Geometry::kFit ? 114 : 0;
  for (std::int64_t i = 0; i < kind.classes; ++i) model.labels.push_back(label(i));
  model.temperature = kind.temperature;
  return model;
}

constexpr std::string_view kBackbone = "efficientnet-lite0";

Result<Model> imagenet() {
  PAW_ASSIGN_OR_RETURN(Model model, load_backbone(kBackbone));
  for (std::int64_t i = 0; i < 1000; ++i) model.labels.push_back(label(i));
  return model;
}

// Scores are the softmax of 20 times the mean red, green and blue of the photo's middle.
Result<Model> colors() {
  GraphBuilder b("colors");
  const ValueId mean = b.call(op::reduce_mean, {b.call(op::relu, {b.input("image", {DType::kF32, {1, 8, 8, 3}})})},
                              ReduceAttrs{.axes = {1, 2}});
  const float weights[] = {20, 0, 0, 0, 20, 0, 0, 0, 20};
  b.output(b.call(op::softmax, {b.call(op::fully_connected, {mean, b.constant(Tensor::f32({3, 3}, weights))})}));
  Model model;
  PAW_ASSIGN_OR_RETURN(model.graph, b.finish());
  model.preprocess = Preprocess{.width = 8, .height = 8, .resize_short = 8};
  model.labels = {"red", "green", "blue"};
  model.threshold = 0.6;
  return model;
}

Status write(const Result<Model>& model, const std::filesystem::path& path) {
  if (!model) return std::unexpected(model.error());
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_paw(*model));
  return write_file(path, file.span());
}

int run(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  Status done = write(colors(), folder / "colors.paw");
  for (const Kind& kind : kKinds) {
    if (done) done = write(of_kind(kind), folder / (std::to_string(kind.classes) + ".paw"));
  }
  if (done && has_backbone(*find_backbone(kBackbone))) done = write(imagenet(), folder / "imagenet.paw");
  if (!done) std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return done ? 0 : 1;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) { return argc == 2 ? paw::run(argv[1]) : 2; }
