#include "kernels/peak/peak_body.h"
#include "kernels/vec/avx512.h"

namespace paw {

std::int64_t peak_f32_avx512(std::int64_t steps, float* sum) { return peak_detail::peak<vec::Avx512>(steps, sum); }

}  // namespace paw
