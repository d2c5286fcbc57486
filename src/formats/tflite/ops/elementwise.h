// What the two-operand ops share when they are written.
#pragma once

#include "formats/tflite/writer.h"

namespace paw::tflite::ops {

// By the first operand's type. Errors: a type that is not held, and broadcasting between more than 4 axes.
template <class Code>
Result<OperatorKind> binary_kind(const OpWriter& w, Code code, std::span<const TypeVersion> versions) {
  const Shape &a = w.type(0).shape, &b = w.type(1).shape;
  if (!(a == b) && std::max(a.rank(), b.rank()) > 4) {
    return w.refuse("broadcasts " + w.type(0).text() + " and " + w.type(1).text() + "; up to 4 axes are held");
  }
  return w.kind(code, w.type(0), versions);
}

}  // namespace paw::tflite::ops
