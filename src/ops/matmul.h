// Attributes of matmul: a [...,M,K] x b [...,K,N] -> [...,M,N]; leading axes broadcast.
#pragma once

#include "ir/attrs.h"

namespace paw {

struct MatmulAttrs {
  bool transpose_a = false, transpose_b = false;  // of the last two axes
  void fields(auto& v) {
    v("transpose_a", transpose_a);
    v("transpose_b", transpose_b);
  }
  bool operator==(const MatmulAttrs&) const = default;
};

}  // namespace paw
