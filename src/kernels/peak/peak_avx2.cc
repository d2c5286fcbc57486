#include "kernels/peak/peak_body.h"
#include "kernels/vec/avx2.h"

namespace paw {

std::int64_t peak_f32_avx2(std::int64_t steps, float* sum) { return peak_detail::peak<vec::Avx2>(steps, sum); }

}  // namespace paw
