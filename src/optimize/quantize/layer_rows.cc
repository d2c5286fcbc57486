#include "optimize/quantize/layer_rows.h"

#include <algorithm>
#include <cmath>

#include "ops/conv_common.h"
#include "ops/ops.h"
#include "optimize/quantize/parallel.h"

namespace paw {

namespace {

constexpr std::size_t kRowsInFloat = 256;  // that many products are summed in float, the sums in double

// One place of a layer: where its taps lie in the input, -1 outside of the image.
class LayerTaps {
 public:
  LayerTaps(const Graph& graph, const Node& node) : dense_(node.op == &op::fully_connected) {
    const TensorType &x = graph.type(node.inputs[0]), &w = graph.type(node.inputs[1]);
    if (dense_) {
      channels_ = static_cast<std::size_t>(w.shape[1]);
      places_ = static_cast<std::size_t>(x.shape.elements()) / channels_;
      return;
    }
    const std::array<const TensorType*, 2> types{&x, &w};
    const OpCall call{*node.op, node.attrs, types, node.source};
    const auto geometry = node.op == &op::conv2d
                              ? resolve_conv(call, x.shape, w.shape, node.attrs.as<Conv2dAttrs>())
                              : resolve_conv(call, x.shape, w.shape, node.attrs.as<DepthwiseConv2dAttrs>());
    window_ = geometry->window;
    channels_ = static_cast<std::size_t>(x.shape[3]);
    places_ = static_cast<std::size_t>(x.shape[0] * window_.out[0] * window_.out[1]);
  }
  std::size_t places() const { return places_; }
  std::size_t channels() const { return channels_; }
  std::size_t taps() const { return dense_ ? 1 : static_cast<std::size_t>(window_.kernel[0] * window_.kernel[1]); }

  // f(tap, index of its first channel in the input) for the taps inside the image.
  template <class F>
  void at(std::size_t place, F f) const {
    if (dense_) return f(std::size_t{0}, place * channels_);
    const auto p = static_cast<std::int64_t>(place);
    const std::int64_t ox = p % window_.out[1], oy = p / window_.out[1] % window_.out[0];
    const std::int64_t n = p / (window_.out[0] * window_.out[1]);
    const TapRange rows = taps_inside(window_, 0, oy), columns = taps_inside(window_, 1, ox);
    for (std::int64_t ky = rows.first; ky < rows.last; ++ky) {
      const std::int64_t iy = oy * window_.stride[0] + ky * window_.dilation[0] - window_.pad_before[0];
      for (std::int64_t kx = columns.first; kx < columns.last; ++kx) {
        const std::int64_t ix = ox * window_.stride[1] + kx * window_.dilation[1] - window_.pad_before[1];
        f(static_cast<std::size_t>(ky * window_.kernel[1] + kx),
          static_cast<std::size_t>((n * window_.in[0] + iy) * window_.in[1] + ix) * channels_);
      }
    }
  }

 private:
  bool dense_;
  Window window_;
  std::size_t channels_ = 0, places_ = 0;
};

struct SampledRows {
  std::size_t count = 0;
  std::vector<float> x;  // [count][width of x]
  std::vector<float> y;  // [count][rows]
};

// x of a depthwise layer is [tap][output channel], so that channels are neighbours.
SampledRows sample(const Graph& graph, NodeId layer, const LayerMatrix& m, const StagedRun& inputs,
                   const StagedRun& float_run, ValueId target, std::size_t wanted,
                   std::span<const std::int64_t> channels) {
  const Node& node = graph[layer];
  const LayerTaps taps(graph, node);
  const auto examples = static_cast<std::size_t>(inputs.examples());
  const std::size_t each = std::clamp<std::size_t>((wanted + examples - 1) / examples, 1, taps.places());
  const std::size_t width = m.columns * (m.depthwise ? m.rows : 1);
  const std::size_t per_channel = m.depthwise ? m.rows / taps.channels() : 1;
  SampledRows out{.count = examples * each, .x = std::vector<float>(examples * each * width), .y = {}};
  out.y.reserve(out.count * m.rows);
  std::vector<float> x, y;
  float* row = out.x.data();
  for (std::size_t e = 0; e < examples; ++e) {
    inputs.read(node.inputs[0], static_cast<std::int64_t>(e), x);
    float_run.read(target, static_cast<std::int64_t>(e), y);
    const double shift = std::fmod(static_cast<double>(e) * 0.6180339887498949, 1.0);  // other places in each example
    for (std::size_t p = 0; p < each; ++p, row += width) {
      const double at =
          (static_cast<double>(p) + shift) * static_cast<double>(taps.places()) / static_cast<double>(each);
      const std::size_t place = std::min(static_cast<std::size_t>(at), taps.places() - 1);
      taps.at(place, [&](std::size_t tap, std::size_t first) {
        if (!m.depthwise) {
          std::copy_n(x.data() + first, taps.channels(), row + tap * taps.channels());
        } else {
          for (std::size_t o = 0; o < m.rows; ++o) row[tap * m.rows + o] = x[first + o / per_channel];
        }
      });
      if (channels.empty()) {
        out.y.insert(out.y.end(), y.data() + place * m.rows, y.data() + (place + 1) * m.rows);
      }
      const float* all = y.data() + place * (y.size() / taps.places());
      for (const std::int64_t c : channels) out.y.push_back(all[c]);
    }
  }
  return out;
}

// Means of the columns, which are subtracted.
std::vector<double> take_means(std::vector<float>& data, std::size_t count) {
  const std::size_t width = data.size() / count;
  std::vector<double> mean(width);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t i = 0; i < width; ++i) mean[i] += data[r * width + i];
  }
  for (double& v : mean) v /= static_cast<double>(count);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t i = 0; i < width; ++i) data[r * width + i] -= static_cast<float>(mean[i]);
  }
  return mean;
}

// Means of a[.][i] * b[.][j] for four columns i of a from `first` and all j from `from`, into out[i][.].
void products(const std::vector<float>& a, std::size_t a_width, std::size_t first, const std::vector<float>& b,
              std::size_t b_width, std::size_t from, std::size_t count, double* out) {
  const std::size_t lanes = std::min<std::size_t>(4, a_width - first);
  std::vector<float> sums(4 * b_width);
  float *s0 = sums.data(), *s1 = s0 + b_width, *s2 = s1 + b_width, *s3 = s2 + b_width;
  for (std::size_t begin = 0; begin < count; begin += kRowsInFloat) {
    std::ranges::fill(sums, 0.0f);
    for (std::size_t r = begin; r < std::min(begin + kRowsInFloat, count); ++r) {
      const float* in = a.data() + r * a_width + first;
      const float* y = b.data() + r * b_width;
      const float a0 = in[0], a1 = lanes > 1 ? in[1] : 0, a2 = lanes > 2 ? in[2] : 0, a3 = lanes > 3 ? in[3] : 0;
      for (std::size_t j = from; j < b_width; ++j) {
        const float v = y[j];
        s0[j] += a0 * v;
        s1[j] += a1 * v;
        s2[j] += a2 * v;
        s3[j] += a3 * v;
      }
    }
    for (std::size_t l = 0; l < lanes; ++l) {
      for (std::size_t j = from; j < b_width; ++j)
        out[(first + l) * b_width + j] += static_cast<double>(sums[l * b_width + j]);
    }
  }
  for (std::size_t l = 0; l < lanes; ++l) {
    for (std::size_t j = from; j < b_width; ++j) out[(first + l) * b_width + j] /= static_cast<double>(count);
  }
}

void dense_moments(const SampledRows& rows, LayerMoments& m, int threads) {
  const std::size_t k = m.matrix.columns, o = m.matrix.rows;
  m.xx.assign(1, std::vector<double>(k * k));
  m.yx.resize(o * k);
  for_each_index(threads, (k + 3) / 4,
                 [&](std::size_t i) { products(rows.x, k, 4 * i, rows.x, k, 4 * i, rows.count, m.xx[0].data()); });
  for_each_index(threads, (o + 3) / 4,
                 [&](std::size_t i) { products(rows.y, o, 4 * i, rows.x, k, 0, rows.count, m.yx.data()); });
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < i; ++j) m.xx[0][i * k + j] = m.xx[0][j * k + i];
  }
}

// Channels are neighbours: one run of products per pair of taps.
void depthwise_moments(const SampledRows& rows, LayerMoments& m, int threads) {
  const std::size_t k = m.matrix.columns, o = m.matrix.rows;
  m.xx.assign(o, std::vector<double>(k * k));
  m.yx.resize(o * k);
  const auto sum_of = [&](const float* a, const float* b, std::size_t a_step, std::size_t b_step, auto store) {
    std::vector<float> sums(o);
    std::vector<double> total(o);
    for (std::size_t begin = 0; begin < rows.count; begin += kRowsInFloat) {
      std::ranges::fill(sums, 0.0f);
      for (std::size_t r = begin; r < std::min(begin + kRowsInFloat, rows.count); ++r) {
        const float *x = a + r * a_step, *y = b + r * b_step;
        for (std::size_t c = 0; c < o; ++c) sums[c] += x[c] * y[c];
      }
      for (std::size_t c = 0; c < o; ++c) total[c] += static_cast<double>(sums[c]);
    }
    for (std::size_t c = 0; c < o; ++c) store(c, total[c] / static_cast<double>(rows.count));
  };
  for_each_index(threads, k, [&](std::size_t i) {
    const float* x = rows.x.data() + i * o;
    for (std::size_t j = i; j < k; ++j) {
      sum_of(x, rows.x.data() + j * o, k * o, k * o,
             [&](std::size_t c, double v) { m.xx[c][i * k + j] = m.xx[c][j * k + i] = v; });
    }
    sum_of(x, rows.y.data(), k * o, o, [&](std::size_t c, double v) { m.yx[c * k + i] = v; });
  });
}

}  // namespace

LayerMoments layer_moments(const Graph& graph, NodeId layer, const StagedRun& inputs, const StagedRun& float_run,
                           ValueId target, std::int64_t places, bool second, int threads,
                           std::span<const std::int64_t> channels) {
  const Node& node = graph[layer];
  LayerMoments m{.matrix = layer_matrix(graph, layer)};
  if (node.op == &op::conv2d && node.attrs.as<Conv2dAttrs>().groups != 1) return m;
  SampledRows rows =
      sample(graph, layer, m.matrix, inputs, float_run, target, static_cast<std::size_t>(places), channels);
  m.samples = static_cast<std::int64_t>(rows.count);
  const std::vector<double> mean = take_means(rows.x, rows.count);
  m.x_mean.resize(mean.size());
  for (std::size_t i = 0; i < mean.size(); ++i) {
    const std::size_t o = m.matrix.rows;
    m.x_mean[m.matrix.depthwise ? i % o * m.matrix.columns + i / o : i] = mean[i];
  }
  m.y_mean = take_means(rows.y, rows.count);
  if (!second) return m;
  m.matrix.depthwise ? depthwise_moments(rows, m, threads) : dense_moments(rows, m, threads);
  m.yy.resize(m.matrix.rows);
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    m.yy[i % m.matrix.rows] += static_cast<double>(rows.y[i]) * rows.y[i] / static_cast<double>(rows.count);
  }
  return m;
}

std::int64_t places_for(std::size_t columns, std::int64_t most) {
  return std::clamp<std::int64_t>(8 * static_cast<std::int64_t>(columns), 2048, most);
}

}  // namespace paw
