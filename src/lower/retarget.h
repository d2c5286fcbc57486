// A plan for another target: the same steps and the same packed weights, under the other's name.
#pragma once

#include <string_view>

#include "base/bytes.h"
#include "base/error.h"

namespace paw {

// All engines read one packing (little-endian, kernels/conv/conv.h), so that nothing but header and checksum changes;
// back again, the bytes are those of before. Requires a plan that Plan::load() or lower() gave. kUsage: no such target.
Result<Bytes> retarget_plan(const Bytes& plan, std::string_view target);

}  // namespace paw
