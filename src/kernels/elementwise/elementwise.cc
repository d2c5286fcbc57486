#include "kernels/elementwise/elementwise.h"

namespace paw {

BinaryF32 joined(const BinaryF32& params) {
  BinaryF32 out = params;
  for (int axis = 0; axis < kBinaryAxes; ++axis) {
    out.extents[axis] = 1;
    out.a[axis] = out.b[axis] = 0;
  }
  int to = kBinaryAxes;  // the outermost axis written so far
  for (int from = kBinaryAxes - 1; from >= 0; --from) {
    const std::int64_t extent = params.extents[from], a = params.a[from], b = params.b[from];
    if (extent == 1) continue;
    const bool continues = to < kBinaryAxes && a == out.a[to] * out.extents[to] && b == out.b[to] * out.extents[to];
    if (continues) {
      out.extents[to] *= extent;
      continue;
    }
    --to;
    out.extents[to] = extent;
    out.a[to] = a;
    out.b[to] = b;
  }
  return out;
}

bool in_step(const BinaryF32& params, const std::int64_t (&strides)[kBinaryAxes]) {
  std::int64_t run = 1;
  for (int axis = kBinaryAxes - 1; axis >= 0; --axis) {
    if (params.extents[axis] == 1) continue;
    if (strides[axis] != run) return false;
    run *= params.extents[axis];
  }
  return true;
}

}  // namespace paw
