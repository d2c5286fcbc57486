#include "pipeline/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "host/text.h"
#include "ir/op_def.h"
#include "pipeline/load.h"
#include "pipeline/net_runner.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

constexpr std::int64_t kLayerPhotos = 4;

// As formats with fewer letters write it: "block1/dw" is "block1_dw" in Core ML.
std::string plain_name(std::string name) {
  for (char& c : name) {
    const bool kept = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!kept) c = '_';
  }
  return name;
}

// A model that tells of every layer, by name: the last node of each source note.
class LayerRunner {
 public:
  static Result<LayerRunner> create(const Model& model, int threads) {
    PAW_ASSIGN_OR_RETURN(NetRunner net, NetRunner::create(model, threads, true));
    LayerRunner runner(std::move(net));
    if (model.preprocess) {
      PAW_ASSIGN_OR_RETURN(runner.preprocessor_, Preprocessor::create(*model.preprocess));
    }
    const Graph& graph = runner.net_.graph();
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      if (!graph.nodes[i].source.empty()) runner.last_[plain_name(graph.nodes[i].source)] = i;
    }
    return runner;
  }

  bool takes_photos() const { return preprocessor_.has_value(); }
  const std::map<std::string, std::size_t>& layers() const { return last_; }
  const Node& node(std::size_t i) const { return net_.graph().nodes[i]; }

  Result<std::vector<NodeResult>> run(const TrialPhoto& photo) {
    PAW_RETURN_IF_ERROR(preprocessor_->run(photo.image, net_.input(), photo.name));
    net_.run();
    return net_.results();
  }

 private:
  explicit LayerRunner(NetRunner net) : net_(std::move(net)) {}
  NetRunner net_;
  std::optional<Preprocessor> preprocessor_;
  std::map<std::string, std::size_t> last_;
};

struct Pair {
  std::size_t a, b;  // indices of nodes
};

// Layers of one name whose results have as many elements, in the order of `a`.
std::vector<Pair> pairs_of(const LayerRunner& a, const LayerRunner& b) {
  std::vector<Pair> pairs;
  for (const auto& [name, index] : a.layers()) {
    const auto other = b.layers().find(name);
    if (other != b.layers().end()) pairs.push_back({index, other->second});
  }
  std::ranges::sort(pairs, {}, &Pair::a);
  return pairs;
}

// NaN: they cannot be compared, the sizes differ.
double difference(const Tensor& a, const Tensor& b) {
  const std::vector<double> x = real_values(a), y = real_values(b);
  if (x.size() != y.size()) return std::nan("");
  double apart = 0, magnitude = 1e-30;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double gap = std::abs(x[i] - y[i]);
    apart = std::max(apart, std::isnan(gap) ? HUGE_VAL : gap);
    magnitude = std::max(magnitude, std::abs(x[i]));
  }
  return apart / magnitude;
}

Result<std::vector<LayerDifference>> compare_layers(LayerRunner& a, LayerRunner& b, TrialPhotos& photos) {
  const std::vector<Pair> pairs = pairs_of(a, b);
  std::vector<LayerDifference> layers;
  for (const Pair& pair : pairs) {
    layers.push_back({.name = a.node(pair.a).source,
                      .op_a = std::string(a.node(pair.a).op->name),
                      .op_b = std::string(b.node(pair.b).op->name)});
  }
  std::int64_t looked_at = 0;
  for (std::int64_t i = 0; i < photos.size() && looked_at < kLayerPhotos; ++i) {
    const auto photo = photos.read(i);
    if (!photo) continue;  // compare_models has warned of it
    ++looked_at;
    PAW_ASSIGN_OR_RETURN(const std::vector<NodeResult> x, a.run(*photo));
    PAW_ASSIGN_OR_RETURN(const std::vector<NodeResult> y, b.run(*photo));
    for (std::size_t k = 0; k < pairs.size(); ++k) {
      const double apart = difference(x[pairs[k].a].value, y[pairs[k].b].value);
      if (std::isnan(apart) || layers[k].difference < apart) layers[k].difference = apart;
    }
  }
  std::erase_if(layers, [](const LayerDifference& layer) { return std::isnan(layer.difference); });
  return layers;
}

}  // namespace

Result<DiffResult> diff_models(const DiffSettings& settings, Progress& progress) {
  if (settings.threads < 1 || settings.threads > 256 || !(settings.tolerance >= 0)) {
    return fail(ErrorCode::kUsage, "paw diff", "--threads must be 1 to 256, and --tolerance not negative");
  }
  PAW_ASSIGN_OR_RETURN(const LoadedModel a, load_model({.path = settings.a, .net = {}}));
  PAW_ASSIGN_OR_RETURN(const LoadedModel b, load_model({.path = settings.b, .net = {}}));
  for (const LoadedModel* loaded : {&a, &b}) {
    for (const std::string& note : loaded->notes) progress.note(note);
  }
  PAW_ASSIGN_OR_RETURN(const auto photos, trial_photos(settings.photos));
  const int threads = static_cast<int>(settings.threads);
  DiffResult result{.a = settings.a, .b = settings.b, .tolerance = settings.tolerance};
  PAW_ASSIGN_OR_RETURN(result.answers,
                       compare_models({.model = a.model, .name = settings.a}, {.model = b.model, .name = settings.b},
                                      *photos, threads, progress));
  if (!a.model.preprocess) return result;
  PAW_ASSIGN_OR_RETURN(LayerRunner first, LayerRunner::create(a.model, threads));
  PAW_ASSIGN_OR_RETURN(LayerRunner second, LayerRunner::create(b.model, threads));
  PAW_ASSIGN_OR_RETURN(result.layers, compare_layers(first, second, *photos));
  const auto departs = [&](const LayerDifference& layer) { return layer.difference > settings.tolerance; };
  const auto found = std::ranges::find_if(result.layers, departs);
  if (found != result.layers.end()) result.first_departure = static_cast<std::size_t>(found - result.layers.begin());
  return result;
}

Json to_json(const DiffResult& r) {
  Json out = to_json(r.answers);
  out["a"] = r.a;
  out["b"] = r.b;
  out["tolerance"] = r.tolerance;
  out["first_departure"] = r.first_departure ? Json(r.layers[*r.first_departure].name) : Json();
  out["layers"] = Json::array();
  for (const LayerDifference& layer : r.layers) {
    out["layers"].push_back(
        {{"name", layer.name}, {"op_a", layer.op_a}, {"op_b", layer.op_b}, {"difference", layer.difference}});
  }
  return out;
}

std::string to_text(const DiffResult& r) {
  std::string text = to_text(r.answers) + "\n";
  if (r.layers.empty()) return text + "no layer has the same name in both, so that layers cannot be compared\n";
  if (!r.first_departure) {
    return text + fmt::format("{} layers of the same name agree within {:g} of their largest value\n", r.layers.size(),
                              r.tolerance);
  }
  const LayerDifference& layer = r.layers[*r.first_departure];
  return text +
         fmt::format("first departure: {} ({}, {}), apart by {:.2g} of its largest value, after {} layers that agree\n",
                     printable(layer.name), layer.op_a, layer.op_b, layer.difference, *r.first_departure);
}

}  // namespace paw
