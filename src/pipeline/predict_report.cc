// How predictions look: lines for people, JSON for programs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/text.h"
#include "pipeline/predict.h"
#include "pipeline/trace_images.h"

namespace paw {

namespace {

Json to_json(const LayerTrace& layer) {
  Json out = {{"name", layer.name},   {"op", layer.op},   {"shape", layer.shape}, {"dtype", layer.dtype},
              {"min", layer.min},     {"max", layer.max}, {"mean", layer.mean},   {"std", layer.std},
              {"zeros", layer.zeros}, {"ms", layer.ms}};
  if (!layer.image.empty()) out.update({{"image", layer.image}, {"maps", layer.maps}});
  return out;
}

Json to_json(const PhotoAnswer& answer) {
  if (answer.error) return {{"path", answer.path}, {"error", to_json(*answer.error)}};
  Json predictions = Json::array();
  for (const Prediction& p : answer.predictions) {
    predictions.push_back({{"label", p.label}, {"index", p.index}, {"score", p.score}});
  }
  Json out{{"path", answer.path},
           {"predictions", std::move(predictions)},
           {"sure", answer.sure},
           {"ms",
            {{"preprocess", answer.preprocess_ms},
             {"inference", answer.inference_ms},
             {"postprocess", answer.postprocess_ms}}}};
  if (!answer.warning.empty()) out["warning"] = answer.warning;
  if (!answer.trace_images.empty()) out["trace_images"] = answer.trace_images;
  if (!answer.layers.empty()) {
    out["preprocess"] = answer.preprocess_trace;
    out["postprocess"] = answer.postprocess_trace;
    out["layers"] = Json::array();
    for (const LayerTrace& layer : answer.layers) out["layers"].push_back(to_json(layer));
  }
  return out;
}

std::string layer_table(const PhotoAnswer& answer) {
  Table table({Table::Align::kLeft, Table::Align::kLeft, Table::Align::kLeft, Table::Align::kRight,
               Table::Align::kRight, Table::Align::kRight, Table::Align::kRight, Table::Align::kRight});
  table.header({"name", "op", "shape", "min", "max", "mean", "zeros", "ms"});
  for (const LayerTrace& l : answer.layers) {
    table.row({printable(l.name), l.op, l.shape, fmt::format("{:.3g}", l.min), fmt::format("{:.3g}", l.max),
               fmt::format("{:.3g}", l.mean), fmt::format("{:.0f} %", l.zeros * 100), fmt::format("{:.3f}", l.ms)});
  }
  return table.text();
}

// Where the pictures are, and of how many layers some channels are missing.
std::string pictures_line(const PhotoAnswer& answer) {
  if (answer.trace_images.empty()) return "";
  std::int64_t layers = 0, cut = 0;
  for (const LayerTrace& layer : answer.layers) {
    layers += layer.image.empty() ? 0 : 1;
    cut += layer.maps < layer.channels ? 1 : 0;
  }
  std::string line = fmt::format("pictures of the input and of {} layers: {}", layers, printable(answer.trace_images));
  if (cut > 0) line += fmt::format(" ({} layers have more than {} channels: the first are shown)", cut, kMostMaps);
  return line + "\n\n";
}

void add_lines(std::string& out, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) out += "  " + line + "\n";
}

}  // namespace

Json to_json(const PredictResult& result) {
  Json images = Json::array();
  for (const PhotoAnswer& answer : result.images) images.push_back(to_json(answer));
  return {{"model", result.model}, {"images", std::move(images)}};
}

std::string to_text(const PredictResult& result) {
  std::string out;
  for (const PhotoAnswer& answer : result.images) {
    if (answer.error) continue;
    if (result.images.size() > 1) out += printable(answer.path) + ": ";
    if (!answer.sure) out += "not sure: ";
    for (std::size_t i = 0; i < answer.predictions.size(); ++i) {
      const Prediction& p = answer.predictions[i];
      out += fmt::format("{}{} {:.2f}", i > 0 ? ", " : "", printable(p.label), p.score);
    }
    out += "\n";
    if (!answer.warning.empty()) out += "  " + printable(answer.warning) + "\n";
    if (answer.layers.empty()) continue;
    out += fmt::format("\n1 preprocess, {:.2f} ms\n", answer.preprocess_ms);
    add_lines(out, answer.preprocess_trace);
    out += fmt::format("\n2 inference, {:.2f} ms (with every result kept)\n", answer.inference_ms);
    out += layer_table(answer);
    out += fmt::format("\n3 post-process, {:.2f} ms\n", answer.postprocess_ms);
    add_lines(out, answer.postprocess_trace);
    out += "\n" + pictures_line(answer);
  }
  return out;
}

}  // namespace paw
