// Attributes of the ops that move elements: pad, reshape, transpose, concat, slice, squeeze, expand_dims, broadcast_to.
#pragma once

#include "ir/attrs.h"

namespace paw {

struct PadAttrs {
  std::vector<std::int64_t> before, after;  // one entry per axis, >= 0
  double value = 0;                         // a real number, also for quantised tensors
  void fields(auto& v) {
    v("before", before);
    v("after", after);
    v("value", value);
  }
  bool operator==(const PadAttrs&) const = default;
};

// reshape, broadcast_to: the shape of the result. reshape allows one -1.
struct ShapeAttrs {
  std::vector<std::int64_t> shape;
  void fields(auto& v) { v("shape", shape); }
  bool operator==(const ShapeAttrs&) const = default;
};

// y's axis i is x's axis perm[i].
struct TransposeAttrs {
  std::vector<std::int64_t> perm;
  void fields(auto& v) { v("perm", perm); }
  bool operator==(const TransposeAttrs&) const = default;
};

struct ConcatAttrs {
  std::int64_t axis = -1;  // negative: from the end
  void fields(auto& v) { v("axis", axis); }
  bool operator==(const ConcatAttrs&) const = default;
};

// Elements begin, begin + stride, ... below end, per axis. 0 <= begin < end <= extent, stride >= 1.
struct SliceAttrs {
  std::vector<std::int64_t> begin, end, stride;  // one entry per axis
  void fields(auto& v) {
    v("begin", begin);
    v("end", end);
    v("stride", stride);
  }
  bool operator==(const SliceAttrs&) const = default;
};

// slice_grad: the slice and the shape of its input.
struct SliceGradAttrs {
  SliceAttrs slice;
  std::vector<std::int64_t> shape;
  void fields(auto& v) {
    slice.fields(v);
    v("shape", shape);
  }
  bool operator==(const SliceGradAttrs&) const = default;
};

// squeeze: extent-1 axes of x to drop. expand_dims: extent-1 axes of y to insert. Negative: from the end (of x, of y).
struct AxesAttrs {
  std::vector<std::int64_t> axes;
  void fields(auto& v) { v("axes", axes); }
  bool operator==(const AxesAttrs&) const = default;
};

}  // namespace paw
