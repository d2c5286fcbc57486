// coreml_files write FOLDER: writes nets as Core ML files, and beside each what our engine answers to a few pictures.
//   NAME-FORM.mlpackage or NAME-FORM.mlmodel; NAME.pixels: the pictures, bytes [N,H,W,3]; NAME.scores: float32
//   [N,classes].
// coreml_files read FILE PIXELS SCORES: reads a file, answers to the pictures (bytes [N,H,W,C], C as the model has it,
// RGB)
//   and writes the scores; prints the notes.
// coreml_files again FILE OUT: reads a file and writes what it holds in the same format.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/random.h"
#include "compare.h"
#include "formats/coreml/coreml_file.h"
#include "host/file.h"
#include "ir/rewriter.h"
#include "lower/lower.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "optimize/apply_recipe.h"
#include "passes/export_form.h"
#include "runtime/executor.h"

namespace paw {
namespace {

using namespace coreml_testing;

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

// Weights as floats, however they are stored: the engine is not what is tested here.
Result<Graph> plain_weights(Graph graph) {
  Rewriter edits(graph);
  for (const Node& node : graph.nodes) {
    if ((node.op != &op::cast && node.op != &op::dequantize) || !graph.is_constant(node.inputs[0])) continue;
    const Tensor stored = graph.tensor(node.inputs[0]);
    edits.replace(node.outputs[0],
                  edits.constant(tensor_from_real({DType::kF32, stored.type.shape}, real_values(stored))));
  }
  PAW_RETURN_IF_ERROR(edits.finish());
  return graph;
}

// The model's answers to the pictures, [N,classes].
Result<std::vector<float>> answers(const Model& model, std::span<const std::uint8_t> pixels) {
  PAW_ASSIGN_OR_RETURN(const Graph graph, plain_weights(model.graph));
  PAW_ASSIGN_OR_RETURN(const Bytes file, lower(graph));
  PAW_ASSIGN_OR_RETURN(const Plan plan, Plan::load(file, "plan"));
  PAW_ASSIGN_OR_RETURN(const Preprocess p, photo_preprocess(model, "model"));
  Executor executor(plan, available_isas()[0], 1);
  const std::size_t channels = p.color == ColorOrder::kGray ? 1 : 3;
  const auto count = static_cast<std::size_t>(p.width * p.height) * channels;
  const auto classes = static_cast<std::size_t>(plan.outputs()[0].type.shape.elements());
  std::vector<float> scores;
  for (std::size_t n = 0; n < pixels.size() / count; ++n) {
    auto* input = static_cast<float*>(executor.input(0));
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t c = i % channels, from = p.color == ColorOrder::kBgr ? i - c + 2 - c : i;
      input[i] = static_cast<float>(pixels[n * count + from] * p.scale[c] + p.bias[c]);
    }
    executor.run();
    const auto* output = static_cast<const float*>(executor.output(0));
    scores.insert(scores.end(), output, output + classes);
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
  std::vector<float> scores;
  for (int round = 0; round < 20; ++round) {
    PAW_ASSIGN_OR_RETURN(scores, answers(model, pixels));
    if (*std::max_element(scores.begin(), scores.begin() + kClasses) > 0.3F) break;
    steepen(model, 2);
  }
  const std::string name(net);
  save(folder / (name + ".pixels"), pixels);
  save(folder / (name + ".scores"), scores);
  for (const bool half : {false, true}) {
    const MlProgramOptions options{.precision = half ? DType::kF16 : DType::kF32};
    PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, options));
    PAW_RETURN_IF_ERROR(save_mlpackage(package, folder / (name + (half ? "-f16" : "-f32") + ".mlpackage")));
  }
  PAW_ASSIGN_OR_RETURN(const Bytes network, write_neural_network(model));
  return write_file(folder / (name + "-nn.mlmodel"), network.span());
}

// What our engine answers, as NAME.pixels and NAME.scores.
Status save_answers(const std::filesystem::path& folder, const std::string& name, const Model& model) {
  Random random(2, 2);
  std::vector<std::uint8_t> pixels;
  for (int i = 0; i < kPictures; ++i) {
    const auto one = picture(model.preprocess->width, random);
    pixels.insert(pixels.end(), one.begin(), one.end());
  }
  PAW_ASSIGN_OR_RETURN(const std::vector<float> scores, answers(model, pixels));
  save(folder / (name + ".pixels"), pixels);
  save(folder / (name + ".scores"), scores);
  return {};
}

// Weights and activations of 8 bits. In float32 alone: float16 before a rounding to 8 bits may make another step of it.
Status write_small_activations(const std::filesystem::path& folder) {
  const Model model = with_activations_of_8_bits(with_weights(tiny_model(), Stored::kInt8));
  PAW_RETURN_IF_ERROR(save_answers(folder, "tiny_w8a8", model));
  const MlProgramOptions options{.precision = DType::kF32, .at_least = IosVersion::kIos17};
  PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, options));
  return save_mlpackage(package, folder / "tiny_w8a8-f32.mlpackage");
}

CalibrationSet calibration(const Model& model) {
  CalibrationSet examples{model.graph.type(model.graph.inputs[0]).shape, {}};
  Random random(3, 3);
  for (int i = 0; i < 8; ++i) {
    const auto pixels = picture(model.preprocess->width, random);
    const auto to = examples.add();
    for (std::size_t k = 0; k < to.size(); ++k) {
      to[k] = static_cast<float>(pixels[k] * model.preprocess->scale[k % 3] + model.preprocess->bias[k % 3]);
    }
  }
  return examples;
}

// Forms of iOS 18 as `--recipe` makes them.
Status write_recipe(const std::filesystem::path& folder, std::string_view net, std::string_view recipe_text,
                    std::string_view what) {
  PAW_ASSIGN_OR_RETURN(Model built, build_net(net, {.classes = kClasses, .seed = 7}));
  for (std::int64_t i = 0; i < kClasses; ++i) built.labels.push_back("class " + std::to_string(i));
  PAW_ASSIGN_OR_RETURN(Model model, export_form(built));
  for (int i = 0; i < 6; ++i) steepen(model, 2);
  PAW_ASSIGN_OR_RETURN(const Recipe recipe, parse_recipe(recipe_text));
  PAW_ASSIGN_OR_RETURN(QuantisedGraph made, apply_recipe(model.graph, recipe, calibration(model), {}));
  model.graph = std::move(made.graph);
  const std::string name = std::string(net) + "_" + std::string(what);
  PAW_RETURN_IF_ERROR(save_answers(folder, name, model));
  for (const bool half : {false, true}) {
    const MlProgramOptions options{.precision = half ? DType::kF16 : DType::kF32, .at_least = IosVersion::kIos18};
    PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, options));
    PAW_RETURN_IF_ERROR(save_mlpackage(package, folder / (name + (half ? "-f16" : "-f32") + ".mlpackage")));
  }
  return {};
}

// Integers throughout, which the file computes as floats between quantize and dequantize.
Status write_integers(const std::filesystem::path& folder, std::string_view net) {
  PAW_ASSIGN_OR_RETURN(Model built, build_net(net, {.classes = kClasses, .seed = 7}));
  for (std::int64_t i = 0; i < kClasses; ++i) built.labels.push_back("class " + std::to_string(i));
  PAW_ASSIGN_OR_RETURN(Model model, export_form(built));
  for (int i = 0; i < 6; ++i) steepen(model, 2);
  PAW_ASSIGN_OR_RETURN(QuantisedGraph made,
                       quantise(model.graph, calibration(model), {.form = QuantForm::kStaticWi8Ai8}));
  model.graph = std::move(made.graph);
  const std::string name = std::string(net) + "_integers";
  PAW_RETURN_IF_ERROR(save_answers(folder, name, model));
  PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, {.at_least = IosVersion::kIos17}));
  return save_mlpackage(package, folder / (name + "-i8.mlpackage"));
}

// A small net with its weights stored in every way, for the oldest iOS that has it.
Status write_stored(const std::filesystem::path& folder, Stored form) {
  const Model model = with_weights(tiny_model(), form);
  const std::string name = "tiny_" + std::string(coreml_testing::name(form));
  PAW_RETURN_IF_ERROR(save_answers(folder, name, model));
  const bool new_form = form == Stored::kInt4 || form == Stored::kBlocks || form == Stored::kInt4Blocks ||
                        form == Stored::kPalette3 || form == Stored::kPaletteGroups || form == Stored::kSparseInt8 ||
                        form == Stored::kSparseInt4;
  MlProgramOptions options{.precision = DType::kF32, .at_least = new_form ? IosVersion::kIos18 : IosVersion::kIos16};
  for (const bool half : {false, true}) {
    options.precision = half ? DType::kF16 : DType::kF32;
    PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, options));
    PAW_RETURN_IF_ERROR(save_mlpackage(package, folder / (name + (half ? "-f16" : "-f32") + ".mlpackage")));
  }
  PAW_ASSIGN_OR_RETURN(const Bytes network, write_neural_network(model));
  return write_file(folder / (name + "-nn.mlmodel"), network.span());
}

Status write_all(const std::filesystem::path& folder) {
  for (const Stored form : coreml_testing::kAllStored) PAW_RETURN_IF_ERROR(write_stored(folder, form));
  PAW_RETURN_IF_ERROR(write_small_activations(folder));
  PAW_RETURN_IF_ERROR(write_integers(folder, "pawnet"));
  PAW_RETURN_IF_ERROR(write_recipe(folder, "pawnet", "palette4g16", "palettes"));
  PAW_RETURN_IF_ERROR(write_recipe(folder, "pawnet", "weight_only_wi4b32_afp32", "blocks"));
  PAW_RETURN_IF_ERROR(write_recipe(folder, "pawnet", "sparse50+palette4g16", "sparse_palettes"));
  PAW_RETURN_IF_ERROR(write_net(folder, "pawnet", {}));
  // Three scales: more than the preprocessing of a NeuralNetwork holds.
  PAW_RETURN_IF_ERROR(write_net(folder, "mobilenet_v2", {1 / 58.395, 1 / 57.12, 1 / 57.375}));
  PAW_RETURN_IF_ERROR(write_net(folder, "efficientnet_lite0", {}));
  return write_net(folder, "mobilenet_v3_small", {});
}

Result<ReadModel> read_file(const std::filesystem::path& file) {
  if (std::filesystem::is_directory(file)) return read_mlpackage(file);
  PAW_ASSIGN_OR_RETURN(const Bytes bytes, map_file(file));
  return read_mlmodel(bytes, file.string());
}

Status write_again(const std::filesystem::path& file, const std::filesystem::path& out) {
  PAW_ASSIGN_OR_RETURN(const ReadModel read, read_file(file));
  PAW_ASSIGN_OR_RETURN(const Model model, export_form(read.model));
  if (std::filesystem::is_directory(file)) {
    PAW_ASSIGN_OR_RETURN(const MlPackage package, write_ml_program(model, {.at_least = IosVersion::kIos16}));
    return save_mlpackage(package, out);
  }
  PAW_ASSIGN_OR_RETURN(const Bytes network, write_neural_network(model));
  return write_file(out, network.span());
}

Status read_one(const std::filesystem::path& file, const std::filesystem::path& pictures,
                const std::filesystem::path& out) {
  PAW_ASSIGN_OR_RETURN(const ReadModel read, read_file(file));
  for (const std::string& note : read.notes) std::printf("%s\n", note.c_str());
  PAW_ASSIGN_OR_RETURN(const Bytes pixels, map_file(pictures));
  PAW_ASSIGN_OR_RETURN(const std::vector<float> scores, answers(read.model, pixels.as<std::uint8_t>()));
  save(out, scores);
  return {};
}

}  // namespace
}  // namespace paw

int main(int count, char** words) {
  const std::string_view verb = count > 1 ? words[1] : "";
  const bool write = verb == "write" && count == 3, again = verb == "again" && count == 4;
  if (!write && !again && (verb != "read" || count != 5)) return 2;
  const paw::Status done = write   ? paw::write_all(words[2])
                           : again ? paw::write_again(words[2], words[3])
                                   : paw::read_one(words[2], words[3], words[4]);
  if (!done) std::fprintf(stderr, "%s\n", done.error().text().c_str());
  return done ? 0 : paw::exit_code(done.error().code);
}
