#include "pipeline/trace.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/op_def.h"

namespace paw {

LayerTrace layer_trace(const Graph& graph, const NodeResult& result) {
  const Node& node = graph[result.node];
  LayerTrace layer{.name = node.source,
                   .op = std::string(node.op->name),
                   .shape = result.value.type.shape.text(),
                   .dtype = std::string(name(result.value.type.dtype)),
                   .ms = result.ms};
  const std::vector<double> values = real_values(result.value);
  double sum = 0, squares = 0, zeros = 0;
  layer.min = layer.max = values.empty() ? 0 : values[0];
  for (const double v : values) {
    layer.min = std::min(layer.min, v);
    layer.max = std::max(layer.max, v);
    sum += v;
    squares += v * v;
    zeros += v == 0 ? 1 : 0;
  }
  const auto count = static_cast<double>(std::max<std::size_t>(values.size(), 1));
  layer.mean = sum / count;
  layer.std = std::sqrt(std::max(0.0, squares / count - layer.mean * layer.mean));
  layer.zeros = zeros / count;
  return layer;
}

std::vector<std::string> preprocess_lines(const Photo& photo, const PreprocessTrace& trace, const Preprocess& record) {
  const PhotoHeader& h = photo.header;
  std::vector<std::string> lines;
  lines.push_back(fmt::format("decode     {} {} x {}, {} bits{}{}{}", name(h.format), h.width, h.height, h.bits,
                              h.gray ? ", grey" : "", h.cmyk ? ", CMYK" : "", h.alpha ? ", alpha" : ""));
  lines.push_back(fmt::format("orient     EXIF {}: {} x {}", h.orientation, photo.image.width, photo.image.height));
  const ImageResize& r = trace.resize;
  lines.push_back(fmt::format("resize     to {} x {} ({}, {})", r.x.scaled, r.y.scaled, enum_name(record.geometry),
                              enum_name(record.filter)));
  lines.push_back(fmt::format("window     {} x {} at {}, {}", r.x.target, r.y.target, r.x.first, r.y.first));
  for (std::size_t c = 0; c < trace.values.size() && (c == 0 || record.color != ColorOrder::kGray); ++c) {
    const ChannelStats &p = trace.pixels[c], &v = trace.values[c];
    lines.push_back(
        fmt::format("channel {}  pixels {:.0f} to {:.0f}, mean {:.1f}; values {:.3f} to {:.3f}, mean {:.3f}", c, p.min,
                    p.max, p.mean, v.min, v.max, v.mean));
  }
  return lines;
}

}  // namespace paw
