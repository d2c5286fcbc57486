// coreml_files FOLDER: writes nets as Core ML files, and beside each what our engine answers to a few pictures.
// NAME.mlpackage or NAME.mlmodel; NAME.pixels: the pictures, bytes [N,H,W,3]; NAME.scores: float32 [N,classes].
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "formats/coreml/coreml_file.h"
#include "host/file.h"
#include "lower/lower.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "passes/export_form.h"
#include "runtime/executor.h"

namespace paw {
namespace {

constexpr int kPictures = 3;
constexpr std::int64_t kClasses = 10;

// Soft coloured blobs: pictures with structure at several sizes, unlike noise.
std::vector<std::uint8_t> picture(std::int64_t size, Random& random) {
  std::vector<std::uint8_t> out;
  struct Wave {
    double x, y, phase, red, green, blue;
  };
  std::vector<Wave> waves;
  for (int i = 0; i < 8; ++i) {
    const double f = random.uniform(1, 25);
    waves.push_back({f * random.uniform(-1, 1), f * random.uniform(-1, 1), random.uniform(0, 6.3),
                     random.uniform(-40, 40), random.uniform(-40, 40), random.uniform(-40, 40)});
  }
  for (std::int64_t y = 0; y < size; ++y) {
    for (std::int64_t x = 0; x < size; ++x) {
      double rgb[3] = {128, 128, 128};
      for (const Wave& w : waves) {
        const double s = std::sin(
            (w.x * static_cast<double>(x) + w.y * static_cast<double>(y)) / static_cast<double>(size) * 6.28 + w.phase);
        rgb[0] += w.red * s;
        rgb[1] += w.green * s;
        rgb[2] += w.blue * s;
      }
      for (const double v : rgb) out.push_back(static_cast<std::uint8_t>(std::clamp(v, 0.0, 255.0)));
    }
  }
  return out;
}

// The model's answers to the pictures, [N,classes].
std::vector<float> answers(const Model& model, const std::vector<std::uint8_t>& pixels) {
  const auto file = lower(model.graph);
  if (!file) throw std::runtime_error(file.error().text());
  const auto plan = Plan::load(*file, "plan");
  if (!plan) throw std::runtime_error(plan.error().text());
  Executor executor(*plan, available_isas()[0], 1);
  const Preprocess& p = *model.preprocess;
  const auto count = static_cast<std::size_t>(p.width * p.height * 3);
  std::vector<float> scores;
  for (std::size_t n = 0; n < pixels.size() / count; ++n) {
    auto* input = static_cast<float*>(executor.input(0));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t c = i % 3;
      input[i] = static_cast<float>(pixels[n * count + i] * p.scale[c] + p.bias[c]);
    }
    executor.run();
    const auto* output = static_cast<const float*>(executor.output(0));
    scores.insert(scores.end(), output, output + model.labels.size());
  }
  return scores;
}

// Random weights answer alike to everything: the last layer is made steep enough to tell the pictures apart.
void steepen(Model& model, double factor) {
  for (std::size_t i = model.graph.nodes.size(); i-- > 0;) {
    const Node& node = model.graph.nodes[i];
    if (node.op != &op::fully_connected && node.op != &op::conv2d) continue;
    Value& weights = model.graph[node.inputs[1]];
    std::vector<double> values = real_values({weights.type, *weights.constant});
    for (double& v : values) v *= factor;
    weights.constant = tensor_from_real(weights.type, values).data;
    return;
  }
}

template <class T>
void save(const std::filesystem::path& path, const std::vector<T>& values) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(T)));
}

Status write_net(const std::filesystem::path& folder, std::string_view net, const std::array<double, 3>& scale) {
  PAW_ASSIGN_OR_RETURN(Model built, build_net(net, {.classes = kClasses, .seed = 7}));
  for (std::int64_t i = 0; i < kClasses; ++i) built.labels.push_back("class " + std::to_string(i));
  if (scale[0] != 0) built.preprocess->scale = scale;
  PAW_ASSIGN_OR_RETURN(Model model, export_form(built));
  Random random(1, 1);
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < kPictures; ++i) {
    const auto one = picture(model.preprocess->width, random);
    pixels.insert(pixels.end(), one.begin(), one.end());
  }
  // Until the likeliest class of the first picture stands out.
  for (int round = 0; round < 20; ++round) {
    const auto scores = answers(model, pixels);
    if (*std::max_element(scores.begin(), scores.begin() + kClasses) > 0.3) break;
    steepen(model, 2);
  }
  const auto scores = answers(model, pixels);
  const std::string name(net);
  save(folder / (name + ".pixels"), pixels);
  save(folder / (name + ".scores"), scores);
  std::vector<std::string> notes;
  for (const bool half : {false, true}) {
    PAW_ASSIGN_OR_RETURN(const MlPackage package,
                         write_ml_program(model, {.precision = half ? DType::kF16 : DType::kF32}, &notes));
    PAW_RETURN_IF_ERROR(save_mlpackage(package, folder / (name + (half ? "-f16" : "-f32") + ".mlpackage")));
  }
  for (const std::string& note : notes) std::printf("%s: %s\n", name.c_str(), note.c_str());
  return {};
}

}  // namespace
}  // namespace paw

int main(int, char** argv) {
  const std::filesystem::path folder = argv[1];
  for (const auto& [net, scale] : std::initializer_list<std::pair<const char*, std::array<double, 3>>>{
           {"pawnet", {}},
           {"mobilenet_v2", {1 / 58.395, 1 / 57.12, 1 / 57.375}},
           {"efficientnet_lite0", {}},
           {"mobilenet_v3_small", {}}}) {
    if (const auto done = paw::write_net(folder, net, scale); !done) {
      std::fprintf(stderr, "%s: %s\n", net, done.error().text().c_str());
      return 1;
    }
  }
}
