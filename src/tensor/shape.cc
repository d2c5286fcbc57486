#include "tensor/shape.h"

#include <algorithm>

namespace paw {

Shape::Shape(std::span<const std::int64_t> extents)
    : rank_(static_cast<int>(std::min<std::size_t>(extents.size(), kMaxRank))) {
  std::copy_n(extents.begin(), rank_, extents_.begin());
}

std::optional<Shape> Shape::checked(std::span<const std::int64_t> extents) {
  if (extents.size() > kMaxRank) return std::nullopt;
  Shape shape(extents);
  if (!shape.valid()) return std::nullopt;
  return shape;
}

std::int64_t Shape::elements() const {
  std::int64_t product = 1;
  for (const std::int64_t extent : extents()) product *= extent;
  return product;
}

bool Shape::valid() const {
  std::int64_t product = 1;
  for (const std::int64_t extent : extents()) {
    if (extent < 1 || extent > kMaxExtent) return false;
    if (product > kMaxElements / extent) return false;  // the product itself could overflow: 2^40 * 2^31
    product *= extent;
  }
  return true;
}

bool Shape::operator==(const Shape& other) const { return std::ranges::equal(extents(), other.extents()); }

std::string Shape::text() const {
  std::string out = "[";
  for (int i = 0; i < rank_; ++i) {
    if (i > 0) out += ",";
    out += std::to_string((*this)[i]);
  }
  return out + "]";
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  std::array<std::int64_t, kMaxRank> extents{};
  for (int i = 0; i < rank; ++i) {
    const int ia = i - (rank - a.rank());
    const int ib = i - (rank - b.rank());
    const std::int64_t ea = ia < 0 ? 1 : a[ia];
    const std::int64_t eb = ib < 0 ? 1 : b[ib];
    if (ea != eb && ea != 1 && eb != 1) return std::nullopt;
    extents[static_cast<std::size_t>(i)] = ea == 1 ? eb : ea;
  }
  return Shape::checked(std::span(extents.data(), static_cast<std::size_t>(rank)));
}

std::array<std::int64_t, kMaxRank> strides_of(const Shape& shape) {
  std::array<std::int64_t, kMaxRank> strides{};
  std::int64_t stride = 1;
  for (int i = shape.rank() - 1; i >= 0; --i) {
    strides[static_cast<std::size_t>(i)] = stride;
    stride *= shape[i];
  }
  return strides;
}

}  // namespace paw
