// The body of the reductions, shared by all tiers: vectors of neighbouring results where there are some (inner > 1),
// else vectors along the reduced axis.
#pragma once

#include "kernels/reduce/reduce.h"
#include "kernels/vec/portable.h"

namespace paw::reduce_detail {

template <class T>
struct Sum {
  using V = typename T::V;
  static PAW_INLINE V start() { return T::set(0.0f); }
  static PAW_INLINE V join(V all, V x) { return T::add(all, x); }
  static PAW_INLINE float fold(V all) { return T::sum(all); }
  static PAW_INLINE V finish(V all, V /*count*/) { return all; }
};

template <class T>
struct Mean : Sum<T> {
  using V = typename T::V;
  static PAW_INLINE V finish(V all, V count) { return T::div(all, count); }
};

template <class T>
struct Max {
  using V = typename T::V;
  static PAW_INLINE V start() { return T::set(-__builtin_inff()); }
  static PAW_INLINE V join(V all, V x) { return T::maximum(x, all); }
  static PAW_INLINE float fold(V all) {
    float lanes[T::kLanes];
    T::store(lanes, all);
    float best = lanes[0];
    for (int i = 1; i < T::kLanes; ++i) best = lanes[i] > best || __builtin_isnan(lanes[i]) ? lanes[i] : best;
    return best;
  }
  static PAW_INLINE V finish(V all, V /*count*/) { return all; }
};

// NV vectors of results; Full: all of them exist, else the first `lanes` of one vector.
template <class T, class Op, int NV, bool Full>
PAW_INLINE void columns(const ReduceF32& p, const float* x, float* y, int lanes) {
  using V = typename T::V;
  constexpr unsigned long kCount = NV;  // gcc 12 with UBSan warns of an int
  V all[kCount];
  PAW_UNROLL for (int v = 0; v < NV; ++v) all[v] = Op::start();
  for (long first = 0; first < p.reduce; first += kReduceBlock) {
    V part[kCount];
    PAW_UNROLL for (int v = 0; v < NV; ++v) part[v] = Op::start();
    const long rows = p.reduce - first < kReduceBlock ? p.reduce - first : kReduceBlock;
    for (long r = 0; r < rows; ++r, x += p.inner) {
      PAW_UNROLL for (int v = 0; v < NV; ++v) {
        part[v] = Op::join(part[v], Full ? T::load(x + v * T::kLanes) : T::load_first(x, lanes));
      }
    }
    PAW_UNROLL for (int v = 0; v < NV; ++v) all[v] = Op::join(all[v], part[v]);
  }
  const V count = T::set(static_cast<float>(p.reduce));
  PAW_UNROLL for (int v = 0; v < NV; ++v) {
    const V out = Op::finish(all[v], count);
    if constexpr (Full) {
      T::store(y + v * T::kLanes, out);
    } else {
      T::store_first(y, out, lanes);
    }
  }
}

// The results [c, end) of one unit.
template <class T, class Op>
PAW_INLINE void unit_columns(const ReduceF32& p, const float* x, float* y, long c, long end) {
  constexpr int kWide = 8, kNarrow = 2;
  for (; c + kWide * T::kLanes <= end; c += kWide * T::kLanes) columns<T, Op, kWide, true>(p, x + c, y + c, 0);
  for (; c + kNarrow * T::kLanes <= end; c += kNarrow * T::kLanes) columns<T, Op, kNarrow, true>(p, x + c, y + c, 0);
  for (; c < end; c += T::kLanes) {
    const long rest = end - c;
    if (rest >= T::kLanes) {
      columns<T, Op, 1, true>(p, x + c, y + c, 0);
    } else {
      columns<T, Op, 1, false>(p, x + c, y + c, static_cast<int>(rest));
    }
  }
}

// One result of a contiguous line: four vectors side by side, joined at the end of each block.
template <class T, class Op>
PAW_INLINE float line(const float* x, long n) {
  using V = typename T::V;
  constexpr int kVectors = 4;
  constexpr long kStep = kVectors * T::kLanes;
  V all = Op::start();
  long i = 0;
  while (n - i >= kStep) {
    V part[kVectors];
    PAW_UNROLL for (int v = 0; v < kVectors; ++v) part[v] = Op::start();
    const long steps = (n - i) / kStep < kReduceBlock ? (n - i) / kStep : kReduceBlock;
    for (long s = 0; s < steps; ++s, i += kStep) {
      PAW_UNROLL for (int v = 0; v < kVectors; ++v) part[v] = Op::join(part[v], T::load(x + i + v * T::kLanes));
    }
    all = Op::join(all, Op::join(Op::join(part[0], part[1]), Op::join(part[2], part[3])));
  }
  for (; i + T::kLanes <= n; i += T::kLanes) all = Op::join(all, T::load(x + i));
  if (i < n) all = Op::join(all, T::load_first_or(x + i, static_cast<int>(n - i), Op::start()));
  return Op::fold(all);
}

template <class T, class Op>
void run(const ReduceF32& p, const float* x, float* y, Range units) {
  const long blocks = (p.inner + kReduceColumns - 1) / kReduceColumns;
  for (long unit = units.begin; unit < units.end; ++unit) {
    const long outer = unit / blocks;
    const float* from = x + outer * p.reduce * p.inner;
    float* to = y + outer * p.inner;
    if (p.inner == 1) {
      const auto all = T::set(line<T, Op>(from, p.reduce));
      T::store_first(to, Op::finish(all, T::set(static_cast<float>(p.reduce))), 1);
      continue;
    }
    const long first = unit % blocks * kReduceColumns;
    const long end = first + kReduceColumns < p.inner ? first + kReduceColumns : p.inner;
    unit_columns<T, Op>(p, from, to, first, end);
  }
}

template <class T>
void reduce(const ReduceF32& p, const float* x, float* y, Range units) {
  // clang-format off
  switch (p.op) {
    case ReduceOp::kSum: return run<T, Sum<T>>(p, x, y, units);
    case ReduceOp::kMean: return run<T, Mean<T>>(p, x, y, units);
    case ReduceOp::kMax: return run<T, Max<T>>(p, x, y, units);
  }
  // clang-format on
}

}  // namespace paw::reduce_detail
