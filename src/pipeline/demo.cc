#include "pipeline/demo.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "formats/paw/paw_file.h"
#include "host/file.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "passes/passes.h"
#include "reference/interpreter.h"

namespace paw {

namespace {

// Batch-norm and clamp rewriting rounds weights to float32 once more: what it may cost in probability.
constexpr double kDeployTolerance = 1e-5;

// A smooth colour card: enough to make every layer work before the drawn photos exist.
RefTensor test_card(const TensorType& type, const Preprocess& preprocess) {
  RefTensor card{type.shape, std::vector<double>(static_cast<std::size_t>(type.shape.elements()))};
  const std::int64_t height = type.shape[1], width = type.shape[2], channels = type.shape[3];
  std::size_t at = 0;
  for (std::int64_t y = 0; y < height; ++y) {
    for (std::int64_t x = 0; x < width; ++x) {
      for (std::int64_t c = 0; c < channels; ++c) {
        const double wave = std::sin(0.05 * static_cast<double>(x * (c + 1)) + 0.03 * static_cast<double>(y * (3 - c)));
        const auto channel = static_cast<std::size_t>(c);
        card.data[at++] = std::round(127.5 + 127.5 * wave) * preprocess.scale[channel] + preprocess.bias[channel];
      }
    }
  }
  return card;
}

Result<std::vector<double>> scores_of(const Graph& graph, const RefTensor& image) {
  PAW_ASSIGN_OR_RETURN(std::vector<RefTensor> outputs, interpret(graph, std::span(&image, 1)));
  return std::move(outputs[0].data);
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
  double largest = 0;
  for (std::size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

Status prepare_folder(const DemoSettings& settings) {
  PAW_RETURN_IF_ERROR(check_output(settings.out, settings.force));
  std::error_code error;
  std::filesystem::create_directories(settings.out, error);
  if (error) return fail(ErrorCode::kIo, settings.out, "cannot create the folder: " + error.message());
  return {};
}

// The graph that a phone would run must answer like the one that was trained.
Status gate(const std::string& what, double difference, double allowed) {
  if (difference <= allowed) return {};
  return fail(ErrorCode::kGateFailed, what,
              fmt::format("scores differ by {:.3g}, allowed {:.3g}", difference, allowed));
}

}  // namespace

Result<DemoResult> run_demo(const DemoSettings& settings, const std::function<void(const std::string&)>& say) {
  PAW_RETURN_IF_ERROR(prepare_folder(settings));
  DemoResult result{.run = settings.out, .model = (std::filesystem::path(settings.out) / "model.paw").string()};

  say("building pawnet with seeded random weights (training comes next in this project)");
  PAW_ASSIGN_OR_RETURN(Model model, build_net("pawnet"));
  model.labels = {"cat", "dog"};
  const ModelTotals sizes = totals(model.graph);
  result.parameters = sizes.parameters;
  result.macs = sizes.macs;
  result.nodes = model.graph.nodes.size();
  const RefTensor image = test_card(model.graph.type(model.graph.inputs[0]), model.preprocess);
  PAW_ASSIGN_OR_RETURN(result.scores, scores_of(model.graph, image));

  say("writing " + result.model + " and opening it again");
  PAW_ASSIGN_OR_RETURN(const Bytes bytes, write_paw(model));
  PAW_RETURN_IF_ERROR(write_file(result.model, bytes.span()));
  PAW_ASSIGN_OR_RETURN(const Bytes file, map_file(result.model));
  PAW_ASSIGN_OR_RETURN(Model reopened, read_paw(file, result.model, find_op));
  result.bytes = file.size();
  PAW_ASSIGN_OR_RETURN(const std::vector<double> reopened_scores, scores_of(reopened.graph, image));
  result.reopened_difference = largest_difference(result.scores, reopened_scores);
  PAW_RETURN_IF_ERROR(gate(result.model, result.reopened_difference, 0.0));

  say("running the deploy passes on it");
  PAW_RETURN_IF_ERROR(run_pipeline(reopened.graph, *find_pipeline("deploy")));
  result.nodes_deployed = reopened.graph.nodes.size();
  PAW_ASSIGN_OR_RETURN(const std::vector<double> deployed_scores, scores_of(reopened.graph, image));
  result.deployed_difference = largest_difference(result.scores, deployed_scores);
  PAW_RETURN_IF_ERROR(gate("deploy passes", result.deployed_difference, kDeployTolerance));
  return result;
}

Json to_json(const DemoResult& r) {
  return {{"run", r.run},
          {"model", r.model},
          {"bytes", r.bytes},
          {"parameters", r.parameters},
          {"macs", r.macs},
          {"nodes", r.nodes},
          {"nodes_deployed", r.nodes_deployed},
          {"scores", r.scores},
          {"reopened_difference", r.reopened_difference},
          {"deployed_difference", r.deployed_difference}};
}

}  // namespace paw
