// paw_tflite_cases FOLDER: files of every case of every op and of nets in every form, with inputs and what the
// reference interpreter makes of them, for check_litert.py. One line each in cases.txt:
//   NAME KIND INPUTS OUTPUTS
// NAME.tflite; NAME.in0, ... as the input's elements are stored; NAME.out0, ... as f64 real numbers.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/random.h"
#include "forced.h"
#include "formats/tflite/tflite_file.h"
#include "forms.h"
#include "nets/nets.h"
#include "ops/ops.h"
#include "passes/export_form.h"
#include "reference/interpreter.h"
#include "reference/op_cases.h"

namespace paw {
namespace {

namespace fs = std::filesystem;

class Writer {
 public:
  explicit Writer(fs::path folder) : folder_(std::move(folder)), list_(folder_ / "cases.txt") {}

  bool add(const std::string& name, const std::string& kind, const Graph& graph, std::span<const RefTensor> inputs) {
    const auto file = write_tflite({.graph = graph});
    if (!file) {
      std::fprintf(stderr, "not written: %s: %s\n", name.c_str(), file.error().text().c_str());
      return true;  // what is refused is the round trip test's matter
    }
    return add_file(name, kind, *file, graph, inputs);
  }

  // `file`, and what `graph` makes of the inputs.
  bool add_file(const std::string& name, const std::string& kind, const Bytes& file, const Graph& graph,
                std::span<const RefTensor> inputs) {
    const auto outputs = interpret(graph, inputs);
    if (!outputs) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), outputs.error().text().c_str());
      return false;
    }
    save(name + ".tflite", file.span());
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const Tensor stored = from_ref(graph.type(graph.inputs[i]), inputs[i]);
      save(name + ".in" + std::to_string(i), stored.data.span());
    }
    for (std::size_t i = 0; i < outputs->size(); ++i) {
      save(name + ".out" + std::to_string(i), std::as_bytes(std::span((*outputs)[i].data)));
    }
    list_ << name << ' ' << kind << ' ' << inputs.size() << ' ' << outputs->size() << '\n';
    return true;
  }

  bool add_model(const std::string& name, const Model& model, const RefTensor& input, const std::string& pixels) {
    const auto file = write_tflite(model);
    const auto outputs = interpret(model.graph, std::span(&input, 1));
    if (!file || !outputs) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), (file ? outputs.error() : file.error()).text().c_str());
      return false;
    }
    save(name + ".tflite", file->span());
    save(name + ".rgb", std::as_bytes(std::span(pixels)));
    save(name + ".out0", std::as_bytes(std::span((*outputs)[0].data)));
    std::string labels;
    for (const std::string& label : model.labels) labels += label + "\n";
    save(name + ".labels", std::as_bytes(std::span(labels)));
    list_ << name << " photo 1 1\n";
    return true;
  }

 private:
  void save(const std::string& name, std::span<const std::byte> bytes) {
    std::ofstream out(folder_ / name, std::ios::binary);
    out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }

  fs::path folder_;
  std::ofstream list_;
};

// Operands other than the first as constants: weights are not computed while a model runs.
void make_constant(CaseGraph& made) {
  for (std::size_t i = made.graph.inputs.size(); i-- > 1;) {
    Value& value = made.graph[made.graph.inputs[i]];
    value.constant = from_ref(value.type, made.feeds[i]).data;
    made.graph.inputs.pop_back();
    made.feeds.pop_back();
  }
}

bool has_weights(const OpDef& op) {
  return &op == &op::conv2d || &op == &op::depthwise_conv2d || &op == &op::fully_connected;
}

std::string file_name(const OpDef& op, const OpCase& c, const char* form) {
  return std::string(form) + "_" + std::string(op.name) + "_" + c.name;
}

bool add_case(Writer& out, const OpDef& op, const OpCase& c, const char* form) {
  auto made = case_graph(op, c);
  if (!made) return false;
  if (has_weights(op)) make_constant(*made);
  const bool exact = op.accuracy == Accuracy::kExact;
  if (!out.add(file_name(op, c, form), exact ? "exact" : "op", made->graph, made->feeds)) return false;
  if (!has_weights(op)) return true;
  auto forms = tflite_testing::all_forms(made->graph);
  if (!forms) return false;
  for (const auto& f : *forms) {
    std::vector<RefTensor> feeds = made->feeds;
    for (double& v : feeds[0].data) v = round_to_type(f.graph.type(f.graph.inputs[0]), 0, v);
    const std::string kind = f.name.starts_with("dynamic") ? "dynamic" : "op";
    if (!out.add(file_name(op, c, f.name.c_str()), kind, f.graph, feeds)) return false;
  }
  return true;
}

bool add_ops(Writer& out) {
  for (const OpDef* op : all_ops()) {
    if (op->has(kTrainOnly)) continue;
    for (const OpCase& c : op->cases()) {
      if (!add_case(out, *op, c, "case")) return false;
      const auto quantised = int8_case(*op, c);
      if (quantised && !has_weights(*op) && !add_case(out, *op, *quantised, "case_int8")) return false;
    }
  }
  return true;
}

// Pixels in the range that the net's preprocessing gives.
RefTensor photo(const TensorType& type) {
  Random random(7);
  RefTensor tensor{type.shape, {}};
  for (std::int64_t i = 0; i < type.shape.elements(); ++i) {
    tensor.data.push_back(round_to_type(type, 0, random.uniform(-1, 1)));
  }
  return tensor;
}

// Random nets find all classes about equally likely: the last layer made larger, so that differences show.
void spread_scores(Graph& graph) {
  constexpr double kFactor = 8;
  for (const Node& node : graph.nodes) {
    if (node.op != &op::fully_connected) continue;
    Value& weights = graph[node.inputs[1]];
    std::vector<double> values = real_values(graph.tensor(node.inputs[1]));
    for (double& v : values) v *= kFactor;
    weights.constant = tensor_from_real(weights.type, values).data;
  }
}

std::string net_kind(const std::string& form) {
  if (form.starts_with("dynamic")) return "net_dynamic";
  const bool weights_alone = form == "int8_weights" || form == "int4_weights";
  return (form.starts_with("int") || form == "uint8") && !weights_alone ? "net_integers" : "net";
}

bool add_net(Writer& out, const char* name, std::int64_t size, bool forms) {
  const auto net = build_net(name, {.size = size, .classes = 100});
  if (!net) return false;
  auto exported = export_form(*net);
  if (!exported) return false;
  spread_scores(exported->graph);
  auto all = forms ? tflite_testing::all_forms(exported->graph)
                   : Result<std::vector<tflite_testing::Form>>({{"float", exported->graph}});
  if (!all) return false;
  for (const auto& form : *all) {
    const RefTensor input = photo(form.graph.type(form.graph.inputs[0]));
    if (!out.add(form.name + "_" + name + "_" + std::to_string(size), net_kind(form.name), form.graph,
                 std::span(&input, 1)))
      return false;
  }
  return true;
}

// What DENSIFY makes of blocks, weight by weight.
bool add_blocks(Writer& out) {
  const auto layers = tflite_testing::blocked_layers();
  if (!layers) return false;
  for (const auto& layer : *layers) {
    if (!out.add("blocks_" + layer.name, "exact", layer.graph, std::span(&layer.input, 1))) return false;
  }
  return true;
}

bool add_forced(Writer& out) {
  const auto forced = tflite_testing::forced_files();
  if (!forced) {
    std::fprintf(stderr, "%s\n", forced.error().text().c_str());
    return false;
  }
  for (const auto& f : *forced) {
    const RefTensor input = photo(f.meaning.type(f.meaning.inputs[0]));
    if (!out.add_file("forced_" + f.name, "forced", f.file, f.meaning, std::span(&input, 1))) return false;
  }
  return true;
}

// A model as a user exports it, for check_mediapipe.py: NAME.rgb are the pixels of one photo of the input's size.
bool add_photo_model(Writer& out, const std::string& name, const Model& model) {
  const TensorType& type = model.graph.type(model.graph.inputs[0]);
  const Preprocess& p = *model.preprocess;
  Random random(11);
  std::string pixels;
  RefTensor input{type.shape, {}};
  for (std::int64_t i = 0; i < type.shape.elements(); ++i) {
    const auto c = static_cast<std::size_t>(i % 3);
    const auto value = static_cast<double>(random.below(256));
    pixels.push_back(static_cast<char>(static_cast<unsigned char>(value)));
    const double real = type.dtype == DType::kU8 && !type.quant ? value : value * p.scale[c] + p.bias[c];
    input.data.push_back(round_to_type(type, 0, real));
  }
  return out.add_model(name, model, input, pixels);
}

bool add_photo_models(Writer& out) {
  const auto net = build_net("pawnet", {.size = 96, .classes = 5});
  if (!net) return false;
  auto exported = export_form(*net);
  if (!exported) return false;
  exported->labels = {"cat", "dog", "small bear", "M\xC3\xA4use", "5"};
  spread_scores(exported->graph);
  Model pixels = *exported;
  if (!take_pixels(pixels, DType::kU8)) return false;
  auto integers = tflite_testing::static_integers(exported->graph, DType::kU8);
  if (!integers) return false;
  Model whole = *exported;
  whole.graph = *integers;
  const QuantParams& quant = *whole.graph.type(whole.graph.inputs[0]).quant;
  whole.preprocess->scale.fill(quant.scale[0]);
  whole.preprocess->bias.fill(-static_cast<double>(quant.scale[0]) * quant.zero_point[0]);
  return add_photo_model(out, "photo_float", *exported) && add_photo_model(out, "photo_uint8_input", pixels) &&
         add_photo_model(out, "photo_uint8", whole);
}

int run(const fs::path& folder) {
  Writer out(folder);
  bool good = add_ops(out) && add_blocks(out);
  for (const char* name : {"pawnet", "mobilenet_v2", "efficientnet_lite0"}) {
    good = good && add_net(out, name, 0, false) && add_net(out, name, 96, true);
  }
  good = good && add_photo_models(out) && add_forced(out);
  for (const NetInfo& net : all_nets()) good = good && add_net(out, std::string(net.name).c_str(), 64, false);
  return good ? 0 : 1;
}

}  // namespace
}  // namespace paw

int main(int argc, char** argv) { return argc == 2 ? paw::run(argv[1]) : 2; }
