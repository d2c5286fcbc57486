// paw_interop_web_models FOLDER: our own .tflite files with inputs or pictures, and the scores that our engine gives,
// for the browser.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/random.h"
#include "formats/tflite/tflite_file.h"
#include "host/file.h"
#include "host/json.h"
#include "nets/nets.h"
#include "passes/export_form.h"
#include "pipeline/net_runner.h"
#include "vision/draw/draw.h"
#include "vision/preprocess.h"
#include "vision/write_png.h"

namespace paw {
namespace {

constexpr int kInputs = 3;

// Random weights give nearly equal scores, which would agree whatever is wrong: a temperature that spreads the logits.
Status spread(Model& model) {
  PAW_ASSIGN_OR_RETURN(NetRunner runner, NetRunner::create(model, 1, false));
  Random random(7, 99);
  for (float& x : runner.input()) x = static_cast<float>(random.uniform(-1, 1));
  runner.run();
  double sum = 0, squares = 0;
  for (const float score : runner.scores()) {
    sum += std::log(static_cast<double>(score));
    squares += std::log(static_cast<double>(score)) * std::log(static_cast<double>(score));
  }
  const auto count = static_cast<double>(runner.scores().size());
  model.temperature = std::sqrt(squares / count - sum / count * (sum / count)) / 2;
  return {};
}

Result<Json> write_net(std::string_view net, const std::filesystem::path& folder) {
  PAW_ASSIGN_OR_RETURN(Model built, build_net(net, {.weights = NetOptions::Weights::kRandom}));
  PAW_RETURN_IF_ERROR(spread(built));
  PAW_ASSIGN_OR_RETURN(const Model model, export_form(built));
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_tflite(model));
  const std::string name(net);
  PAW_RETURN_IF_ERROR(write_file(folder / (name + ".tflite"), file.span()));
  PAW_ASSIGN_OR_RETURN(NetRunner runner, NetRunner::create(model, 1, false));
  Json entry = {
      {"model", name + ".tflite"}, {"shape", Json::array()}, {"inputs", Json::array()}, {"expected", Json::array()}};
  for (const std::int64_t extent : model.graph.type(model.graph.inputs[0]).shape.extents())
    entry["shape"].push_back(extent);
  for (int i = 0; i < kInputs; ++i) {
    Random random(7, static_cast<std::uint64_t>(i));
    for (float& x : runner.input()) x = static_cast<float>(random.uniform(-1, 1));
    const std::string input = name + "." + std::to_string(i) + ".f32";
    PAW_RETURN_IF_ERROR(write_file(folder / input, std::as_bytes(runner.input())));
    entry["inputs"].push_back(input);
    runner.run();
    entry["expected"].push_back(std::vector<float>(runner.scores().begin(), runner.scores().end()));
  }
  return entry;
}

// Quotes, commas, other scripts: a label is one whatever is in it. The rest of the labels are plain.
std::string label(std::int64_t i) {
  static const std::string kHard[] = {"a \"quoted\", 'label'", "кошка, 猫 🐈"};
  return i < 2 ? kHard[i] : "class " + std::to_string(i);
}

// A net as a classifier of photos, with pictures of its size: what crops and resizes must not matter.
Result<Json> write_classifier(std::string_view net, const std::filesystem::path& folder) {
  PAW_ASSIGN_OR_RETURN(Model built, build_net(net, {.weights = NetOptions::Weights::kRandom}));
  PAW_RETURN_IF_ERROR(spread(built));
  const std::int64_t classes = built.graph.type(built.graph.outputs[0]).shape.elements();
  for (std::int64_t i = 0; i < classes; ++i) built.labels.push_back(label(i));
  Preprocess& p = *built.preprocess;
  p.geometry = Geometry::kStretch;
  PAW_ASSIGN_OR_RETURN(const Model model, export_form(built));
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_tflite(model));
  const std::string name = std::string(net) + "_classifier";
  PAW_RETURN_IF_ERROR(write_file(folder / (name + ".tflite"), file.span()));
  PAW_ASSIGN_OR_RETURN(NetRunner runner, NetRunner::create(model, 1, false));
  PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(p));
  Json entry = {{"model", name + ".tflite"},
                {"shape", {1, p.height, p.width, 3}},
                {"labels", built.labels},
                {"scale", p.scale},
                {"bias", p.bias},
                {"pictures", Json::array()},
                {"expected", Json::array()}};
  for (std::uint64_t i = 0; i < kInputs; ++i) {
    const Image image = draw::draw_picture(i % 2 == 0 ? draw::Species::kCat : draw::Species::kDog, p.width, 7, i);
    PAW_ASSIGN_OR_RETURN(const Bytes png, write_png(image));
    const std::string picture = name + "." + std::to_string(i) + ".png";
    PAW_RETURN_IF_ERROR(write_file(folder / picture, png.span()));
    entry["pictures"].push_back(picture);
    PAW_RETURN_IF_ERROR(preprocessor.run(image, runner.input(), picture));
    runner.run();
    entry["expected"].push_back(std::vector<float>(runner.scores().begin(), runner.scores().end()));
  }
  return entry;
}

int run(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  Json models = Json::array();
  const auto add = [&](const Result<Json>& entry) {
    if (!entry) std::fprintf(stderr, "%s\n", entry.error().text().c_str());
    if (entry) models.push_back(*entry);
    return entry.has_value();
  };
  for (const char* net : {"pawnet", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_lite0"}) {
    if (!add(write_net(net, folder))) return 1;
  }
  for (const char* net : {"pawnet", "efficientnet_lite0"}) {
    if (!add(write_classifier(net, folder))) return 1;
  }
  const Status status = write_file(folder / "models.json", to_text(models));
  return status ? 0 : 1;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) { return argc == 2 ? paw::run(argv[1]) : 2; }
