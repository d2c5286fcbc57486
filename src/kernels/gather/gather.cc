#include "kernels/gather/gather.h"

namespace paw {

namespace {

std::int64_t table_index(std::int32_t index, std::int64_t size) {
  return index < 0 ? 0 : index < size ? std::int64_t{index} : size - 1;
}

}  // namespace

void gather_f32(const GatherF32& p, const float* table, const std::int32_t* indices, float* y, Range units) {
  const std::int64_t limit = units.end * kGatherUnit, end = limit < p.count ? limit : p.count;
  for (std::int64_t i = units.begin * kGatherUnit; i < end; ++i) y[i] = table[table_index(indices[i], p.size)];
}

void scatter_add_f32(const GatherF32& p, const float* x, const std::int32_t* indices, float* y, Range units) {
  for (std::int64_t unit = units.begin; unit < units.end; ++unit) {
    const std::int64_t first = unit * kScatterUnit, rest = p.size - first;
    const std::int64_t entries = rest < kScatterUnit ? rest : kScatterUnit;
    double sums[kScatterUnit] = {};
    for (std::int64_t i = 0; i < p.count; ++i) {
      const std::int64_t at = table_index(indices[i], p.size) - first;
      if (at >= 0 && at < entries) sums[at] += double{x[i]};
    }
    for (std::int64_t k = 0; k < entries; ++k) y[first + k] = static_cast<float>(sums[k]);
  }
}

}  // namespace paw
