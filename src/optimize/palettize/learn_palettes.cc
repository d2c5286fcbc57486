#include "optimize/palettize/learn_palettes.h"

#include <algorithm>
#include <numeric>

#include "optimize/palettize/k_means.h"
#include "optimize/quantize/layers.h"
#include "optimize/quantize/least_squares.h"
#include "optimize/quantize/parallel.h"
#include "optimize/quantize/rounding.h"
#include "optimize/quantize/staged_run.h"
#include "tensor/half.h"

namespace paw {

namespace {

constexpr int kRounds = 3;                 // of choosing indices and values in turn
constexpr std::size_t kSharesOfRows = 16;  // whose sums are added in order, whatever the threads

void hold_in_half(std::vector<float>& palette) {
  for (float& v : palette) v = half_to_float(double_to_half(double{v}));
  std::ranges::sort(palette);
  const auto repeated = std::ranges::unique(palette);
  palette.erase(repeated.begin(), repeated.end());
}

// The palettes of one layer, one for every `rows_of_palette` rows.
class PaletteFit {
 public:
  PaletteFit(const LayerMoments& m, std::span<const double> weights, std::size_t count, std::size_t rows_of_palette,
             int threads)
      : m_(m), weights_(weights), count_(count), rows_(rows_of_palette), threads_(threads) {}

  // Weights, [rows][columns].
  std::vector<double> run() const {
    const std::size_t columns = m_.matrix.columns, palettes = m_.matrix.rows / rows_;
    std::vector<std::vector<float>> palette = first();
    std::vector<double> best(weights_.size()), least(palettes);  // mean squared, of all rows of a palette
    for (int round = 0; round < kRounds; ++round) {
      for (std::vector<float>& values : palette) hold_in_half(values);
      const auto nearest = [&](std::size_t row, double w) {
        const std::vector<float>& values = palette[row / rows_];
        return double{values[nearest_value(values, static_cast<float>(w))]};
      };
      const GriddedWeights chosen = round_to_grid(m_, weights_, nearest, threads_);
      std::vector<std::size_t> better;
      for (std::size_t p = 0; p < palettes; ++p) {
        const double* errors = chosen.error.data() + p * rows_;
        const double error = std::accumulate(errors, errors + rows_, 0.0);
        if (round > 0 && error >= least[p]) continue;
        least[p] = error;
        better.push_back(p);
        std::copy_n(chosen.values.data() + p * rows_ * columns, rows_ * columns, best.data() + p * rows_ * columns);
      }
      if (better.empty() || round + 1 == kRounds) break;
      // One palette: its rows are shared out; several: they are.
      const int within = palettes == 1 ? threads_ : 1;
      for_each_index(palettes == 1 ? 1 : threads_, better.size(), [&](std::size_t i) {
        palette[better[i]] = refitted(better[i], chosen.values, palette[better[i]], within);
      });
    }
    return best;
  }

 private:
  double ridge_of_row(std::size_t o) const { return ridge_of(m_.xx_of(o), m_.matrix.columns, m_.samples); }

  // Of the real minimiser, each weight counting as much as what it is multiplied with.
  std::vector<std::vector<float>> first() const {
    const std::size_t n = m_.matrix.columns;
    const std::vector<double> wanted = best_weights(m_, weights_, threads_);
    const std::vector<float> numbers(wanted.begin(), wanted.end());
    std::vector<float> importance(numbers.size());
    for (std::size_t o = 0; o < m_.matrix.rows; ++o) {
      const double ridge = ridge_of_row(o);
      for (std::size_t k = 0; k < n; ++k) importance[o * n + k] = static_cast<float>(m_.xx_of(o)[k * n + k] + ridge);
    }
    std::vector<std::vector<float>> palettes(m_.matrix.rows / rows_);
    for_each_index(threads_, palettes.size(), [&](std::size_t p) {
      const auto own = [&](const std::vector<float>& v) { return std::span(v).subspan(p * rows_ * n, rows_ * n); };
      palettes[p] = k_means(own(numbers), own(importance), count_);
    });
    return palettes;
  }

  // The values of palette `p` with the least error, every weight keeping its index: a system of as many equations.
  std::vector<float> refitted(std::size_t p, const std::vector<double>& chosen, const std::vector<float>& palette,
                              int threads) const {
    const std::size_t n = m_.matrix.columns, end = (p + 1) * rows_, size = palette.size();
    const std::size_t shares = std::min(kSharesOfRows, rows_);
    std::vector<std::vector<double>> sums(shares, std::vector<double>(size * size + size));
    for_each_index(threads, shares, [&](std::size_t share) {
      std::vector<double> by_value(size);
      std::vector<std::size_t> index(n);
      for (std::size_t o = p * rows_ + share; o < end; o += kSharesOfRows)
        add_row(o, chosen, palette, index, by_value, sums[share]);
    });
    for (std::size_t share = 1; share < shares; ++share) {
      for (std::size_t i = 0; i < sums[0].size(); ++i) sums[0][i] += sums[share][i];
    }
    double trace = 0;
    for (std::size_t a = 0; a < size; ++a) trace += sums[0][a * size + a];
    // Holds values that few weights take.
    const double ridge = 1e-6 * trace / static_cast<double>(size) + 1e-30;
    std::vector<double> values(sums[0].begin() + static_cast<std::ptrdiff_t>(size * size), sums[0].end());
    for (std::size_t a = 0; a < size; ++a) values[a] += ridge * double{palette[a]};
    Cholesky(std::span(sums[0]).first(size * size), size, ridge).solve(values);
    return {values.begin(), values.end()};
  }

  void add_row(std::size_t o, const std::vector<double>& chosen, const std::vector<float>& palette,
               std::vector<std::size_t>& index, std::vector<double>& by_value, std::vector<double>& sums) const {
    const std::size_t n = m_.matrix.columns, size = palette.size();
    const double ridge = ridge_of_row(o);
    for (std::size_t k = 0; k < n; ++k) index[k] = nearest_value(palette, static_cast<float>(chosen[o * n + k]));
    for (std::size_t k = 0; k < n; ++k) {
      std::ranges::fill(by_value, 0.0);
      const double* a = m_.xx_of(o).data() + k * n;
      for (std::size_t j = 0; j < n; ++j) by_value[index[j]] += a[j];
      by_value[index[k]] += ridge;
      double* to = sums.data() + index[k] * size;
      for (std::size_t b = 0; b < size; ++b) to[b] += by_value[b];
      sums[size * size + index[k]] += m_.yx[o * n + k] + ridge * weights_[o * n + k];
    }
  }

  const LayerMoments& m_;
  std::span<const double> weights_;
  std::size_t count_, rows_;
  int threads_;
};

}  // namespace

Status learn_palettes(Graph& small, const Graph& graph, const CalibrationSet& examples, const LayerSampling& how,
                      const QuantiseProgress& progress) {
  const Uses uses(small);
  const auto visit = [&](NodeId layer, NodeId original, const StagedRun& inputs, const StagedRun& targets) -> Status {
    const ValueId stored = small[layer].inputs[1];
    const Value& floats = graph[graph[original].inputs[1]];
    const auto& encoding = small[stored].encoding;
    const std::size_t columns = layer_matrix(small, layer).columns;
    const bool fits = encoding && encoding->kind == Encoding::Kind::kPalette && !floats.encoding &&
                      uses.users(stored).size() == 1 && columns <= kMostRoundedColumns;
    const LayerMoments m = layer_moments(small, layer, inputs, targets, graph[original].outputs[0],
                                         places_for(columns, how.places), fits, how.threads);
    if (m.samples == 0) return {};
    if (fits) {
      const std::vector<double> weights = weight_rows(graph.tensor(graph[original].inputs[1]), m.matrix);
      const auto rows = encoding->group > 0 ? static_cast<std::size_t>(encoding->group) : m.matrix.rows;
      const PaletteFit fit(m, weights, std::size_t{1} << encoding->bits, rows, how.threads);
      set_constant(small, stored, tensor_from_real(small.type(stored), weights_of_rows(fit.run(), m.matrix)));
    }
    set_layer_bias(small, uses, layer, matching_bias(m, weight_rows(small.tensor(stored), m.matrix)));
    return {};
  };
  const LayerWalk walk{.stage = "learning palettes", .examples = how.examples, .threads = how.threads};
  return walk_layers(small, graph, examples, walk, progress, visit);
}

}  // namespace paw
