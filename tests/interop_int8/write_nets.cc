// write_nets FOLDER: nets quantised in every way, as TensorFlow Lite files NET.FORM.tflite. Weights are random; ranges
// are those over a few random pictures.
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/random.h"
#include "formats/tflite/tflite_file.h"
#include "host/file.h"
#include "nets/nets.h"
#include "optimize/quantize/ranges.h"
#include "optimize/quantize/static_int8.h"
#include "optimize/quantize/weights.h"
#include "passes/export_form.h"

namespace paw {
namespace {

Result<Model> exported(const char* net) {
  const bool narrow = std::string_view(net).starts_with("mobilenet");
  PAW_ASSIGN_OR_RETURN(const Model built, build_net(net, {.size = 64, .width = narrow ? 0.5 : 1.0, .classes = 10}));
  PAW_ASSIGN_OR_RETURN(Model model, export_form(built));
  // With random weights the scores of some nets are all alike: what the last layers see is an output too.
  ValueId last;
  for (const Node& node : model.graph.nodes) {
    const Shape& y = model.graph.type(node.outputs[0]).shape;
    if (y.rank() == 4 && y[1] > 1) last = node.outputs[0];
  }
  model.graph.outputs.push_back(last);
  return model;
}

Result<ValueRanges> ranges_of(const Graph& graph) {
  PAW_ASSIGN_OR_RETURN(RangeMeter meter, RangeMeter::create(graph, 1));
  Random random(5);
  for (int i = 0; i < 4; ++i) {
    for (float& v : meter.input(0)) v = static_cast<float>(random.uniform(-1, 1));
    PAW_RETURN_IF_ERROR(meter.run());
  }
  return meter.ranges();
}

// The files have no metadata: what is compared is arithmetic.
Status save(Model model, Graph graph, const std::string& path) {
  model.graph = std::move(graph);
  model.preprocess.reset();
  PAW_ASSIGN_OR_RETURN(const Bytes file, write_tflite(model, {.metadata = false}));
  return write_file(path, file.span());
}

Status write_forms(const char* net, const std::string& folder) {
  PAW_ASSIGN_OR_RETURN(const Model model, exported(net));
  const std::string base = folder + "/" + net + ".";
  PAW_ASSIGN_OR_RETURN(const ValueRanges ranges, ranges_of(model.graph));
  using enum QuantisedPorts;
  for (const auto& [name, ports] : {std::pair{"float", kFloat}, {"i8", kI8}, {"u8", kU8}}) {
    PAW_ASSIGN_OR_RETURN(Graph graph, static_int8(model.graph, ranges, {.inputs = ports, .outputs = ports}));
    PAW_RETURN_IF_ERROR(save(model, std::move(graph), base + name + ".tflite"));
  }
  PAW_ASSIGN_OR_RETURN(Graph wide, static_int8(model.graph, ranges, {.activations = DType::kI16}));
  PAW_RETURN_IF_ERROR(save(model, std::move(wide), base + "wide.tflite"));
  Graph half = model.graph, eight = model.graph, four = model.graph;
  PAW_RETURN_IF_ERROR(weights_to_f16(half));
  PAW_RETURN_IF_ERROR(weights_to_int(eight, DType::kI8, true));
  PAW_RETURN_IF_ERROR(weights_to_int(four, DType::kI4, true));
  PAW_RETURN_IF_ERROR(save(model, std::move(half), base + "weights_f16.tflite"));
  PAW_RETURN_IF_ERROR(save(model, std::move(eight), base + "weights_i8.tflite"));
  return save(model, std::move(four), base + "weights_i4.tflite");
}

}  // namespace
}  // namespace paw

int main(int count, char** arguments) {
  if (count != 2) {
    std::fputs("usage: write_nets FOLDER\n", stderr);
    return 2;
  }
  for (const char* net :
       {"pawnet", "mobilenet_v1", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_lite0", "resnet18"}) {
    if (const auto done = paw::write_forms(net, arguments[1]); !done) {
      std::fprintf(stderr, "%s: %s\n", net, done.error().text().c_str());
      return 1;
    }
  }
  return 0;
}
