#include "kernels/quant/convert_i8_body.h"

namespace paw {

namespace {
struct Tier;
}

void quantise_i8_neon(const QuantiseI8& params, const float* x, std::uint8_t* y, Range units) {
  convert_i8_detail::quantise<Tier>(params, x, y, units);
}

void dequantise_i8_neon(const DequantiseI8& params, const std::uint8_t* x, float* y, Range units) {
  convert_i8_detail::dequantise<Tier>(params, x, y, units);
}

void resize_i8_neon(const ResizeI8& params, const std::uint8_t* x, std::uint8_t* y, ResizePointI8* scratch,
                    Range units) {
  convert_i8_detail::resize<Tier>(params, x, y, scratch, units);
}

}  // namespace paw
