#include "train/transfer.h"

#include <algorithm>
#include <vector>

#include "base/random.h"
#include "ir/builder.h"
#include "ops/normalization.h"
#include "ops/ops.h"
#include "passes/passes.h"

namespace paw {

namespace {

constexpr std::string_view kFeatures = "features";

// The constant of that name.
Result<Tensor> constant_of(const Graph& graph, std::string_view name) {
  const ValueId id = graph.find(name);
  if (!graph.is_constant(id)) {
    return fail(ErrorCode::kInternal, graph.name, "has no constant " + std::string(name));
  }
  return graph.tensor(id);
}

// The rate at which a classifier drops its features in training; 0: it does not.
double dropout_rate(const Graph& graph) {
  const auto node = std::ranges::find(graph.nodes, &op::dropout, &Node::op);
  return node == graph.nodes.end() ? 0 : node->attrs.as<DropoutAttrs>().rate;
}

ValueId add_classifier(GraphBuilder& b, ValueId features, const Tensor& weights, const Tensor& bias, double dropout) {
  ValueId x = features;
  b.set_scope("dropout");
  if (dropout > 0) x = b.call(op::dropout, {x}, DropoutAttrs{.rate = dropout});
  const ValueId w = b.constant(weights, "classifier/weights"), c = b.constant(bias, "classifier/bias");
  b.set_scope("classifier");
  const ValueId logits = b.call(op::fully_connected, {x, w, c}, {}, {.name = "logits"});
  b.set_scope("softmax");
  return b.call(op::softmax, {logits}, {}, {.name = "probabilities"});
}

}  // namespace

Result<Graph> feature_graph(const Model& model) {
  Graph graph = model.graph;
  const ValueId features = graph.find(kFeatures);
  if (!features.valid()) {
    return fail(ErrorCode::kUnsupported, model.provenance.origin, "has no value named 'features'",
                "use a built-in net or a model that this program trained");
  }
  graph.outputs = {features};
  PAW_RETURN_IF_ERROR(run_pipeline(graph, *find_pipeline("deploy")));
  return graph;
}

Result<Model> classifier(std::int64_t features, std::int64_t classes, double dropout, std::uint64_t seed) {
  GraphBuilder b("classifier");
  const ValueId x = b.input(std::string(kFeatures), {DType::kF32, {1, features}});
  Random random(seed, 77);
  std::vector<float> weights(static_cast<std::size_t>(features * classes));
  for (float& w : weights) w = static_cast<float>(0.01 * random.normal());
  const std::vector<float> bias(static_cast<std::size_t>(classes));
  b.output(add_classifier(b, x, Tensor::f32({classes, features}, weights), Tensor::f32({classes}, bias), dropout));
  Model model;
  PAW_ASSIGN_OR_RETURN(model.graph, b.finish());
  return model;
}

TrainSettings classifier_settings() {
  TrainSettings settings{.learning_rate = 1e-3};
  settings.step.optimizer = AdamAttrs{.weight_decay = 0.01};
  return settings;
}

TrainSettings fine_tune_settings() {
  TrainSettings settings{.epochs = 4, .learning_rate = 2e-5, .warm_up = 0.5};
  settings.step.optimizer = AdamAttrs{.weight_decay = 0.01};
  settings.step.freeze_statistics = true;
  return settings;
}

Result<Model> with_classifier(const Model& model, const Model& classifier) {
  Graph graph = model.graph;
  const ValueId features = graph.find(kFeatures);
  if (!features.valid()) return fail(ErrorCode::kUnsupported, model.provenance.origin, "has no value named 'features'");
  graph.outputs = {features};
  PAW_RETURN_IF_ERROR(run_pass(graph, pass::eliminate_dead_code));
  PAW_ASSIGN_OR_RETURN(const Tensor weights, constant_of(classifier.graph, "classifier/weights"));
  PAW_ASSIGN_OR_RETURN(const Tensor bias, constant_of(classifier.graph, "classifier/bias"));
  GraphBuilder b(std::move(graph));
  const ValueId x = b.graph().find(kFeatures);
  const ValueId probabilities = add_classifier(b, x, weights, bias, dropout_rate(classifier.graph));
  Model out{.preprocess = model.preprocess};
  out.provenance.origin = model.provenance.origin;
  PAW_ASSIGN_OR_RETURN(out.graph, b.finish());
  out.graph.outputs = {probabilities};
  return out;
}

}  // namespace paw
