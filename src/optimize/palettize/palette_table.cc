#include "optimize/palettize/palette_table.h"

#include <algorithm>

namespace paw {

PaletteTable palette_table(const Tensor& weights, const Encoding& encoding) {
  const Shape& shape = weights.type.shape;
  const auto numbers = weights.as<float>();
  const auto axis = static_cast<std::size_t>(encoding.axis);
  const bool grouped = encoding.group != 0 && shape.rank() > 0;
  const auto extent = static_cast<std::size_t>(grouped ? shape[encoding.axis] : 1);
  const auto group = grouped ? static_cast<std::size_t>(encoding.group) : 1;
  const auto stride = grouped ? static_cast<std::size_t>(strides_of(shape)[axis]) : numbers.size();
  const auto group_of = [&](std::size_t i) { return i / stride % extent / group; };
  std::vector<std::vector<float>> values((extent + group - 1) / group);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    std::vector<float>& known = values[group_of(i)];
    const auto place = std::ranges::lower_bound(known, numbers[i]);
    if (place == known.end() || *place != numbers[i]) known.insert(place, numbers[i]);
  }
  std::size_t entries = 1;
  for (const auto& known : values) entries = std::max(entries, known.size());
  PaletteTable out;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::vector<float>& known = values[group_of(i)];
    const auto place = static_cast<std::size_t>(std::ranges::lower_bound(known, numbers[i]) - known.begin());
    out.indices.push_back(static_cast<std::int32_t>(group_of(i) * entries + place));
  }
  std::vector<float> table;
  for (auto& known : values) {
    known.resize(entries, known.empty() ? 0.0F : known.back());
    table.insert(table.end(), known.begin(), known.end());
  }
  out.values = Tensor::f32(Shape{std::ssize(values), static_cast<std::int64_t>(entries)}, table);
  return out;
}

Tensor looked_up(std::span<const float> values, const PaletteTable& table, const Shape& shape) {
  std::vector<float> out;
  out.reserve(table.indices.size());
  for (const std::int32_t i : table.indices) out.push_back(values[static_cast<std::size_t>(i)]);
  return Tensor::f32(shape, out);
}

}  // namespace paw
