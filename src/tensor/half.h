// IEEE 754 binary16 and bfloat16 conversions in portable integer arithmetic.
#pragma once

#include <cstdint>

namespace paw {

float half_to_float(std::uint16_t half);
// Round to nearest even from double (one rounding only); overflow gives infinity; NaN stays NaN.
std::uint16_t double_to_half(double value);

float bfloat16_to_float(std::uint16_t value);
std::uint16_t float_to_bfloat16(float value);    // round to nearest even
std::uint16_t double_to_bfloat16(double value);  // round to nearest even, once

}  // namespace paw
