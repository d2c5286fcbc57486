// The training kernels by themselves on one thread: batch norm by bytes moved, depthwise gradients by multiply-adds.
#include <benchmark/benchmark.h>

#include <vector>

#include "kernels/kernels.h"

namespace paw {
namespace {

const KernelTable& kernels() { return kernel_table(available_isas().back()); }

std::vector<float> floats(std::int64_t count) {
  std::vector<float> out(static_cast<std::size_t>(count));
  std::uint32_t state = 1;
  for (float& v : out) v = static_cast<float>((state = state * 1664525u + 1013904223u) >> 8) / 8388608.0f - 1.0f;
  return out;
}

// rows, channels; `passes` over so many floats per element count as moved.
struct Norm {
  explicit Norm(const benchmark::State& state)
      : p{.rows = state.range(0),
          .channels = static_cast<std::int32_t>(state.range(1)),
          .unit_rows = static_cast<std::int32_t>(norm_chunk_rows(state.range(1))),
          .masked = 1,
          .min = 0,
          .max = 6,
          .epsilon = 1e-3f},
        x(floats(p.rows * p.channels)),
        y(x.size()),
        row(floats(3 * p.channels)),
        partials(static_cast<std::size_t>(norm_partial_floats(p.rows, p.channels))) {}
  Range all() const { return {0, norm_units(p)}; }
  void moved(benchmark::State& state, std::int64_t passes) const {
    state.SetBytesProcessed(state.iterations() * p.rows * p.channels * 4 * passes);
  }
  BatchNormF32 p;
  std::vector<float> x, y, row, partials;
};

void bn_stats(benchmark::State& state) {
  Norm n(state);
  for (auto _ : state) kernels().bn_stats_f32(n.p, n.x.data(), n.partials.data(), n.all());
  n.moved(state, 1);
}

void bn_finish(benchmark::State& state) {
  Norm n(state);
  kernels().bn_stats_f32(n.p, n.x.data(), n.partials.data(), n.all());
  std::vector<float> mean(n.row.size()), variance(n.row.size()), gain(n.row.size());
  for (auto _ : state) {
    kernels().bn_finish_f32(n.p, n.partials.data(), n.row.data(), mean.data(), variance.data(), gain.data(),
                            {0, norm_finish_units(n.p)});
  }
}

void bn_apply(benchmark::State& state) {
  Norm n(state);
  for (auto _ : state) {
    kernels().bn_apply_f32(n.p, n.x.data(), n.row.data(), n.row.data(), n.row.data(), n.y.data(), n.all());
  }
  n.moved(state, 2);
}

void bn_grad_stats(benchmark::State& state) {
  Norm n(state);
  const BnGradOperands in{n.y.data(), n.x.data(), n.row.data(), n.row.data(), n.row.data()};
  for (auto _ : state) kernels().bn_grad_stats_f32(n.p, in, n.partials.data(), n.all());
  n.moved(state, 2);
}

void bn_grad_apply(benchmark::State& state) {
  Norm n(state);
  const std::vector<float> factors = floats(3 * n.p.channels);
  const BnGradOperands in{n.y.data(), n.x.data(), n.row.data(), n.row.data(), n.row.data()};
  for (auto _ : state) kernels().bn_grad_apply_f32(n.p, in, factors.data(), n.y.data(), n.all());
  n.moved(state, 3);
}

// Images of MobileNetV2 at batch 4: side, channels, stride, kernel.
struct Depthwise {
  explicit Depthwise(const benchmark::State& state) {
    const auto at = [&](int i) { return static_cast<std::int32_t>(state.range(static_cast<std::size_t>(i))); };
    s.batch = 4;
    s.in_h = s.in_w = at(0);
    s.in_c = s.out_c = s.groups = at(1);
    s.stride_h = s.stride_w = at(2);
    s.out_h = s.out_w = (at(0) + at(2) - 1) / at(2);
    s.kernel_h = s.kernel_w = at(3);
    s.pad_top = s.pad_left = at(3) / 2 - (at(2) - 1);
    x = floats(static_cast<std::int64_t>(s.batch) * s.in_h * s.in_w * s.in_c);
    y = floats(static_cast<std::int64_t>(s.batch) * s.out_h * s.out_w * s.out_c);
    packed = floats(dwconv_packed_floats(s));
  }
  void macs(benchmark::State& state) const {
    const auto per = static_cast<double>(y.size()) * s.kernel_h * s.kernel_w;
    state.counters["MAC"] =
        benchmark::Counter(per * static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  }
  ConvShape s;
  std::vector<float> x, y, packed;
};

void dw_forward(benchmark::State& state) {
  Depthwise d(state);
  const DwconvF32 params{d.s, -__builtin_inff(), __builtin_inff()};
  for (auto _ : state) kernels().dwconv_f32(params, d.x.data(), d.packed.data(), d.y.data(), {0, dwconv_units(d.s)});
  d.macs(state);
}

void dw_grad_input(benchmark::State& state) {
  Depthwise d(state);
  for (auto _ : state) {
    kernels().dwconv_grad_input_f32(d.s, d.y.data(), d.packed.data(), d.x.data(), {0, dwconv_grad_input_units(d.s)});
  }
  d.macs(state);
}

void dw_grad_weights(benchmark::State& state) {
  Depthwise d(state);
  const DwconvGradWeightsF32 params{.shape = d.s,
                                    .chunk_rows = static_cast<std::int32_t>(ceil_div(dwconv_units(d.s), 64))};
  std::vector<float> partials(static_cast<std::size_t>(dwconv_grad_weights_floats(params)));
  for (auto _ : state) {
    kernels().dwconv_grad_weights_f32(params, d.x.data(), d.y.data(), partials.data(),
                                      {0, dwconv_grad_weights_units(params)});
  }
  d.macs(state);
}

void norm_shapes(benchmark::internal::Benchmark* b) {
  b->Unit(benchmark::kMillisecond)->MinTime(0.1);
  b->Args({4 * 112 * 112, 32})->Args({4 * 112 * 112, 96})->Args({4 * 56 * 56, 144})->Args({32 * 7 * 7, 960});
}

void depthwise_shapes(benchmark::internal::Benchmark* b) {
  b->Unit(benchmark::kMillisecond)->MinTime(0.1);
  b->Args({112, 32, 1, 3})->Args({112, 96, 2, 3})->Args({56, 144, 1, 3})->Args({28, 192, 2, 3});
  b->Args({14, 576, 1, 3})->Args({7, 960, 1, 3})->Args({28, 120, 1, 5})->Args({14, 672, 2, 5});
}

BENCHMARK(bn_stats)->Apply(norm_shapes);
BENCHMARK(bn_finish)->Apply(norm_shapes);
BENCHMARK(bn_apply)->Apply(norm_shapes);
BENCHMARK(bn_grad_stats)->Apply(norm_shapes);
BENCHMARK(bn_grad_apply)->Apply(norm_shapes);
BENCHMARK(dw_forward)->Apply(depthwise_shapes);
BENCHMARK(dw_grad_input)->Apply(depthwise_shapes);
BENCHMARK(dw_grad_weights)->Apply(depthwise_shapes);

}  // namespace
}  // namespace paw
