#include "kernels/peak/peak_body.h"
#include "kernels/vec/portable.h"

namespace paw {

std::int64_t peak_f32_portable(std::int64_t steps, float* sum) { return peak_detail::peak<vec::Portable>(steps, sum); }

}  // namespace paw
