// Attributes of max_pool, avg_pool and their gradients.
#pragma once

#include "ops/window.h"

namespace paw {

struct PoolAttrs {
  std::array<std::int64_t, 2> kernel = {2, 2};
  std::array<std::int64_t, 2> stride = {2, 2};
  Padding padding = Padding::kValid;
  std::array<std::int64_t, 4> pads = {0, 0, 0, 0};  // top, bottom, left, right; kExplicit only
  bool count_padding = false;  // avg_pool: divide by the whole window instead of the pixels inside the image

  void fields(auto& v) {
    v("kernel", kernel);
    v("stride", stride);
    v("padding", padding);
    v("pads", pads);
    v("count_padding", count_padding);
  }
  bool operator==(const PoolAttrs&) const = default;
};

// avg_pool_grad: the forward attributes plus the shape of x. (max_pool_grad reads x itself.)
struct PoolGradAttrs {
  PoolAttrs pool;
  std::array<std::int64_t, 4> shape = {1, 1, 1, 1};

  void fields(auto& v) {
    pool.fields(v);
    v("shape", shape);
  }
  bool operator==(const PoolGradAttrs&) const = default;
};

}  // namespace paw
