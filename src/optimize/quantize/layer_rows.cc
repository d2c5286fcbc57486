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

  // Sums of what each tap reads over all places, [tap][channel].
  void add_sums(const std::vector<float>& x, std::vector<double>& sums) const {
    sums.assign(taps() * channels_, 0);
    if (dense_) {
      for (std::size_t i = 0; i < x.size(); ++i) sums[i % channels_] += x[i];
      return;
    }
    // Along a row first: what a tap of this column reads in it, whatever the tap's row.
    const auto columns = static_cast<std::size_t>(window_.kernel[1]);
    std::vector<float> row(columns * channels_);
    const std::int64_t images = static_cast<std::int64_t>(places_) / (window_.out[0] * window_.out[1]);
    for (std::int64_t line = 0; line < images * window_.in[0]; ++line) {
      std::ranges::fill(row, 0.0f);
      const float* from = x.data() + static_cast<std::size_t>(line * window_.in[1]) * channels_;
      for (std::size_t kx = 0; kx < columns; ++kx)
        add_row(from, static_cast<std::int64_t>(kx), row.data() + kx * channels_);
      for (std::int64_t ky = 0; ky < window_.kernel[0]; ++ky) {
        const std::int64_t y = line % window_.in[0] - ky * window_.dilation[0] + window_.pad_before[0];
        if (y < 0 || y % window_.stride[0] != 0 || y / window_.stride[0] >= window_.out[0]) continue;
        double* to = sums.data() + static_cast<std::size_t>(ky) * row.size();
        for (std::size_t i = 0; i < row.size(); ++i) to[i] += static_cast<double>(row[i]);
      }
    }
  }

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
  // What tap `kx` of the columns reads in one row of the input, over all columns of the result.
  void add_row(const float* from, std::int64_t kx, float* to) const {
    for (std::int64_t ox = 0; ox < window_.out[1]; ++ox) {
      const std::int64_t ix = ox * window_.stride[1] + kx * window_.dilation[1] - window_.pad_before[1];
      if (ix < 0 || ix >= window_.in[1]) continue;
      const float* pixel = from + static_cast<std::size_t>(ix) * channels_;
      for (std::size_t c = 0; c < channels_; ++c) to[c] += pixel[c];
    }
  }

  bool dense_;
  Window window_;
  std::size_t channels_ = 0, places_ = 0;
};

struct SampledRows {
  std::size_t count = 0;
  std::vector<float> x;                // [count][width of x]
  std::vector<float> y;                // [count][rows]
  std::vector<double> x_mean, y_mean;  // of all places: [tap][channel of the input], [rows]
};

// Reads the layer's examples, each once.
class RowSampler {
 public:
  RowSampler(const Graph& graph, NodeId layer, const LayerMatrix& m, const StagedRun& inputs,
             const StagedRun* float_run, ValueId target, std::span<const std::int64_t> channels)
      : input_(graph[layer].inputs[0]),
        taps_(graph, graph[layer]),
        m_(m),
        inputs_(inputs),
        float_run_(float_run),
        target_(target),
        channels_(channels) {}

  // About `wanted` rows; 0: means alone. x of a depthwise layer is [tap][output channel], so that channels are
  // neighbours.
  SampledRows run(std::size_t wanted, int threads) {
    const auto examples = static_cast<std::size_t>(inputs_.examples());
    each_ = wanted == 0 ? 0 : std::clamp<std::size_t>((wanted + examples - 1) / examples, 1, taps_.places());
    width_ = m_.columns * (m_.depthwise ? m_.rows : 1);
    const std::size_t count = examples * each_;
    SampledRows out{.count = count,
                    .x = std::vector<float>(count * width_),
                    .y = std::vector<float>(float_run_ == nullptr ? 0 : count * m_.rows),
                    .x_mean = {},
                    .y_mean = {}};
    std::vector<std::vector<double>> x_sums(examples), y_sums(examples);
    for_each_index(threads, examples, [&](std::size_t e) { read(e, out, x_sums[e], y_sums[e]); });
    const double places = static_cast<double>(examples) * static_cast<double>(taps_.places());
    out.x_mean = mean(x_sums, places);
    out.y_mean = mean(y_sums, places);
    return out;
  }

 private:
  static std::vector<double> mean(const std::vector<std::vector<double>>& sums, double count) {
    std::vector<double> out(sums[0].size());
    for (const auto& one : sums) {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] += one[i] / count;
    }
    return out;
  }

  void read(std::size_t e, SampledRows& out, std::vector<double>& x_sums, std::vector<double>& y_sums) const {
    std::vector<float> x, y;
    inputs_.read(input_, static_cast<std::int64_t>(e), x);
    if (float_run_ != nullptr) float_run_->read(target_, static_cast<std::int64_t>(e), y);
    taps_.add_sums(x, x_sums);
    y_sums.assign(y.empty() ? 0 : m_.rows, 0);
    const std::size_t all = y.size() / taps_.places();
    for (std::size_t place = 0; !y.empty() && place < taps_.places(); ++place) {
      for (std::size_t o = 0; o < m_.rows; ++o) y_sums[o] += static_cast<double>(y[place * all + channel(o)]);
    }
    const double shift = std::fmod(static_cast<double>(e) * 0.6180339887498949, 1.0);  // other places in each example
    for (std::size_t p = 0; p < each_; ++p) {
      const double at =
          (static_cast<double>(p) + shift) * static_cast<double>(taps_.places()) / static_cast<double>(each_);
      const std::size_t place = std::min(static_cast<std::size_t>(at), taps_.places() - 1);
      fill_row(x, place, out.x.data() + (e * each_ + p) * width_);
      if (y.empty()) continue;
      float* to = out.y.data() + (e * each_ + p) * m_.rows;
      for (std::size_t o = 0; o < m_.rows; ++o) to[o] = y[place * all + channel(o)];
    }
  }

  // Of the target, that the layer's channel `o` makes.
  std::size_t channel(std::size_t o) const { return channels_.empty() ? o : static_cast<std::size_t>(channels_[o]); }

  void fill_row(const std::vector<float>& x, std::size_t place, float* row) const {
    const std::size_t per_channel = m_.depthwise ? m_.rows / taps_.channels() : 1;
    taps_.at(place, [&](std::size_t tap, std::size_t first) {
      if (!m_.depthwise) {
        std::copy_n(x.data() + first, taps_.channels(), row + tap * taps_.channels());
      } else {
        for (std::size_t o = 0; o < m_.rows; ++o) row[tap * m_.rows + o] = x[first + o / per_channel];
      }
    });
  }

  ValueId input_;
  LayerTaps taps_;
  const LayerMatrix& m_;
  const StagedRun& inputs_;
  const StagedRun* float_run_;  // null: what is put out is not asked for
  ValueId target_;
  std::span<const std::int64_t> channels_;
  std::size_t each_ = 0, width_ = 0;  // rows of each example, numbers in each
};

// Takes the means of the columns away.
void center(std::vector<float>& data, std::size_t count) {
  const std::size_t width = data.size() / count;
  std::vector<double> mean(width);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t i = 0; i < width; ++i) mean[i] += data[r * width + i];
  }
  for (double& v : mean) v /= static_cast<double>(count);
  for (std::size_t r = 0; r < count; ++r) {
    for (std::size_t i = 0; i < width; ++i) data[r * width + i] -= static_cast<float>(mean[i]);
  }
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
  for_each_index(threads, (k + 3) / 4,
                 [&](std::size_t i) { products(rows.x, k, 4 * i, rows.x, k, 4 * i, rows.count, m.xx[0].data()); });
  if (!rows.y.empty()) m.yx.resize(o * k);
  for_each_index(threads, (m.yx.size() / k + 3) / 4,
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

// `float_run`: null: what is put out is not asked for.
LayerMoments moments_of(const Graph& graph, NodeId layer, const StagedRun& inputs, const StagedRun* float_run,
                        ValueId target, std::int64_t places, bool second, int threads,
                        std::span<const std::int64_t> channels) {
  const Node& node = graph[layer];
  LayerMoments m{.matrix = layer_matrix(graph, layer)};
  if (node.op == &op::conv2d && node.attrs.as<Conv2dAttrs>().groups != 1) return m;
  SampledRows rows = RowSampler(graph, layer, m.matrix, inputs, float_run, target, channels)
                         .run(second ? static_cast<std::size_t>(places) : 0, threads);
  m.samples = second ? static_cast<std::int64_t>(rows.count) : inputs.examples();
  m.y_mean = std::move(rows.y_mean);
  m.x_mean = std::move(rows.x_mean);
  if (m.matrix.depthwise) {
    const std::size_t read = m.x_mean.size() / m.matrix.columns, made = m.matrix.rows;
    std::vector<double> by_row(made * m.matrix.columns);
    for (std::size_t i = 0; i < by_row.size(); ++i) {
      const std::size_t o = i / m.matrix.columns, tap = i % m.matrix.columns;
      by_row[i] = m.x_mean[tap * read + o / (made / read)];
    }
    m.x_mean = std::move(by_row);
  }
  if (!second) return m;
  center(rows.x, rows.count);
  center(rows.y, rows.count);
  m.matrix.depthwise ? depthwise_moments(rows, m, threads) : dense_moments(rows, m, threads);
  m.yy.resize(m.matrix.rows);
  for (std::size_t i = 0; i < rows.y.size(); ++i) {
    m.yy[i % m.matrix.rows] += static_cast<double>(rows.y[i]) * rows.y[i] / static_cast<double>(rows.count);
  }
  return m;
}

}  // namespace

LayerMoments layer_moments(const Graph& graph, NodeId layer, const StagedRun& inputs, const StagedRun& float_run,
                           ValueId target, std::int64_t places, bool second, int threads,
                           std::span<const std::int64_t> channels) {
  return moments_of(graph, layer, inputs, &float_run, target, places, second, threads, channels);
}

LayerMoments input_moments(const Graph& graph, NodeId layer, const StagedRun& inputs, std::int64_t places,
                           int threads) {
  return moments_of(graph, layer, inputs, nullptr, {}, places, true, threads, {});
}

std::int64_t places_for(std::size_t columns, std::int64_t most) {
  return std::clamp<std::int64_t>(8 * static_cast<std::int64_t>(columns), 2048, most);
}

}  // namespace paw
