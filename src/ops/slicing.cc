#include "ops/slicing.h"

#include "ops/axes.h"

namespace paw {

Result<Shape> slice_shape(const OpCall& call, const SliceAttrs& slice, const Shape& x) {
  const auto rank = static_cast<std::size_t>(x.rank());
  const auto got = [&] {
    return ", got begin " + list_text(slice.begin) + ", end " + list_text(slice.end) + ", stride " +
           list_text(slice.stride);
  };
  if (slice.begin.size() != rank || slice.end.size() != rank || slice.stride.size() != rank) {
    return call.error("expected begin, end and stride with one entry per axis of " + x.text() + got());
  }
  Shape y = x;
  for (std::size_t i = 0; i < rank; ++i) {
    std::int64_t& extent = y[static_cast<int>(i)];
    if (slice.begin[i] < 0 || slice.begin[i] >= slice.end[i] || slice.end[i] > extent || slice.stride[i] < 1) {
      return call.error("expected 0 <= begin < end <= extent and stride >= 1 on every axis of " + x.text() + got());
    }
    extent = (slice.end[i] - slice.begin[i] + slice.stride[i] - 1) / slice.stride[i];
  }
  return y;
}

std::vector<std::size_t> slice_indices(const SliceAttrs& slice, const Shape& x, const Shape& y) {
  Strides strides = strides_of(x);
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < slice.begin.size(); ++i) {
    offset += slice.begin[i] * strides[i];
    strides[i] *= slice.stride[i];
  }
  return strided_indices(y, strides, offset);
}

}  // namespace paw
