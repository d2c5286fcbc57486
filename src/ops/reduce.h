// Attributes of reduce_mean, reduce_sum, reduce_max.
#pragma once

#include "ir/attrs.h"

namespace paw {

struct ReduceAttrs {
  std::vector<std::int64_t> axes;  // negative: from the end; no duplicates; empty: all axes
  bool keep_dims = false;
  void fields(auto& v) {
    v("axes", axes);
    v("keep_dims", keep_dims);
  }
  bool operator==(const ReduceAttrs&) const = default;
};

}  // namespace paw
