// Attributes of cast, quantize and dequantize: the element type of the result.
#pragma once

#include "ir/attrs.h"

namespace paw {

// quantize takes its scale and zero point from the type declared on its output.
struct DtypeAttrs {
  DType dtype = DType::kF32;
  void fields(auto& v) { v("dtype", dtype); }
  bool operator==(const DtypeAttrs&) const = default;
};

}  // namespace paw
