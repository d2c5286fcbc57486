// paw_interop_web_models FOLDER: our own .tflite files with inputs and the scores that our engine gives, for the
// browser.
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

int run(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  Json models = Json::array();
  for (const char* net : {"pawnet", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_lite0"}) {
    const auto entry = write_net(net, folder);
    if (!entry) {
      std::fprintf(stderr, "%s: %s\n", net, entry.error().text().c_str());
      return 1;
    }
    models.push_back(*entry);
  }
  const Status status = write_file(folder / "models.json", to_text(models));
  return status ? 0 : 1;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) { return argc == 2 ? paw::run(argv[1]) : 2; }
