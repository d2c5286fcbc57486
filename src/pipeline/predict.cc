#include "pipeline/predict.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "host/file.h"
#include "host/text.h"
#include "ir/op_def.h"
#include "pipeline/load.h"
#include "pipeline/net_runner.h"
#include "vision/decode.h"
#include "vision/preprocess.h"

namespace paw {

namespace {

using Clock = std::chrono::steady_clock;

double ms_since(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

Result<Bytes> read_image(const std::string& path) {
  if (path != "-") return map_file(path);
  std::vector<std::byte> data;
  std::array<std::byte, 1 << 16> block{};
  while (const std::size_t got = std::fread(block.data(), 1, block.size(), stdin)) {
    data.insert(data.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(got));
  }
  if (std::ferror(stdin) != 0) return fail(ErrorCode::kIo, "standard input", "cannot be read");
  return Bytes::copy_of(data);
}

LayerTrace layer_trace(const Graph& graph, const NodeResult& result) {
  const Node& node = graph[result.node];
  LayerTrace layer{.name = node.source,
                   .op = std::string(node.op->name),
                   .shape = result.value.type.shape.text(),
                   .dtype = std::string(name(result.value.type.dtype)),
                   .ms = result.ms};
  if (result.value.type.dtype != DType::kF32) return layer;
  const auto values = result.value.as<float>();
  double sum = 0, squares = 0, zeros = 0;
  layer.min = layer.max = values.empty() ? 0 : values[0];
  for (const float v : values) {
    layer.min = std::min<double>(layer.min, v);
    layer.max = std::max<double>(layer.max, v);
    sum += v;
    squares += static_cast<double>(v) * v;
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
  lines.push_back(fmt::format("resize     to {} x {} ({}, {})", r.x.scaled, r.y.scaled,
                              enum_names(record.geometry)[static_cast<std::size_t>(record.geometry)],
                              enum_names(record.filter)[static_cast<std::size_t>(record.filter)]));
  lines.push_back(fmt::format("window     {} x {} at {}, {}", r.x.target, r.y.target, r.x.first, r.y.first));
  for (std::size_t c = 0; c < trace.values.size() && (c == 0 || record.color != ColorOrder::kGray); ++c) {
    const ChannelStats &p = trace.pixels[c], &v = trace.values[c];
    lines.push_back(
        fmt::format("channel {}  pixels {:.0f} to {:.0f}, mean {:.1f}; values {:.3f} to {:.3f}, mean {:.3f}", c, p.min,
                    p.max, p.mean, v.min, v.max, v.mean));
  }
  return lines;
}

// Scores of a model whose temperature is not 1 are sharpened or softened: p^(1/T), normalised, which is the softmax of
// logits / T.
std::vector<double> calibrated(std::span<const float> scores, double temperature) {
  std::vector<double> out(scores.begin(), scores.end());
  if (temperature == 1) return out;
  for (double& p : out) p = std::pow(std::max(p, 1e-38), 1 / temperature);
  const double sum = std::accumulate(out.begin(), out.end(), 0.0);
  for (double& p : out) p /= sum;
  return out;
}

class Predictor {
 public:
  static Result<Predictor> create(const PredictSettings& settings) {
    PAW_ASSIGN_OR_RETURN(LoadedModel loaded, load_model({.path = settings.model, .net = {}}));
    PAW_ASSIGN_OR_RETURN(Preprocessor preprocessor, Preprocessor::create(loaded.model.preprocess));
    PAW_ASSIGN_OR_RETURN(NetRunner net,
                         NetRunner::create(loaded.model, static_cast<int>(settings.threads), settings.trace));
    return Predictor(settings, std::move(loaded.model), std::move(preprocessor), std::move(net));
  }

  Result<PhotoAnswer> answer(const std::string& path) {
    PhotoAnswer answer{.path = path};
    const auto begin = Clock::now();
    PAW_ASSIGN_OR_RETURN(const Bytes file, read_image(path));
    PAW_ASSIGN_OR_RETURN(const Photo photo, decode_photo(file.span(), printable(path)));
    if (settings_.trace) {
      PAW_ASSIGN_OR_RETURN(const PreprocessTrace trace, preprocessor_.trace(photo.image, net_.input(), path));
      answer.preprocess_trace = preprocess_lines(photo, trace, model_.preprocess);
    } else {
      PAW_RETURN_IF_ERROR(preprocessor_.run(photo.image, net_.input(), path));
    }
    answer.warning = photo.warning;
    answer.preprocess_ms = ms_since(begin);
    const auto inference = Clock::now();
    net_.run();
    answer.inference_ms = ms_since(inference);
    const auto post = Clock::now();
    rank(answer);
    answer.postprocess_ms = ms_since(post);
    if (settings_.trace) {
      for (const NodeResult& result : net_.results()) answer.layers.push_back(layer_trace(net_.graph(), result));
    }
    return answer;
  }

 private:
  Predictor(const PredictSettings& settings, Model model, Preprocessor preprocessor, NetRunner net)
      : settings_(settings), model_(std::move(model)), preprocessor_(std::move(preprocessor)), net_(std::move(net)) {}

  void rank(PhotoAnswer& answer) {
    const std::vector<double> scores = calibrated(net_.scores(), model_.temperature);
    std::vector<std::int64_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto key = [&](std::int64_t i) { return std::pair(-scores[static_cast<std::size_t>(i)], i); };
    std::ranges::sort(order, {}, key);
    for (const std::int64_t i : order) {
      if (std::ssize(answer.predictions) == settings_.top) break;
      const auto at = static_cast<std::size_t>(i);
      answer.predictions.push_back({model_.labels.empty() ? std::to_string(i) : model_.labels[at], i, scores[at]});
    }
    answer.sure = answer.predictions.empty() || answer.predictions[0].score >= model_.threshold;
    if (!settings_.trace) return;
    answer.postprocess_trace.push_back(fmt::format("temperature {:.3f}", model_.temperature));
    answer.postprocess_trace.push_back(fmt::format("best of {} scores, which add up to {:.6f}", scores.size(),
                                                   std::accumulate(scores.begin(), scores.end(), 0.0)));
    answer.postprocess_trace.push_back(
        fmt::format("threshold {:.3f}: {}", model_.threshold, answer.sure ? "sure" : "not sure"));
  }

  PredictSettings settings_;
  Model model_;
  Preprocessor preprocessor_;
  NetRunner net_;
};

}  // namespace

Result<PredictResult> predict(const PredictSettings& settings) {
  if (settings.images.empty())
    return fail(ErrorCode::kUsage, "paw predict", "no photo is given", "name at least one file");
  if (settings.top < 1) return fail(ErrorCode::kUsage, "paw predict", "--top must be at least 1");
  if (settings.threads < 1 || settings.threads > 256) {
    return fail(ErrorCode::kUsage, "paw predict", "--threads must be 1 to 256");
  }
  PAW_ASSIGN_OR_RETURN(Predictor predictor, Predictor::create(settings));
  PredictResult result{.model = settings.model, .images = {}};
  for (const std::string& path : settings.images) {
    PAW_ASSIGN_OR_RETURN(PhotoAnswer answer, predictor.answer(path));
    result.images.push_back(std::move(answer));
  }
  return result;
}

}  // namespace paw
