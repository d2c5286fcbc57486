// Hostile convolution geometry: the checks that every step with a ConvShape shares.
#pragma once

#include <cstdint>

#include "kernels/conv/conv.h"

namespace paw {

// Null when the shape is one that kernels can run: extents positive and small enough that no product below overflows.
// Windows may lie anywhere, also beside the image: kernels take what is outside of it as zeros.
const char* check_conv_shape(const ConvShape& shape);

// Bytes of the float image, result and weights of a checked shape.
std::uint64_t image_bytes(const ConvShape& shape);
std::uint64_t result_bytes(const ConvShape& shape);
std::uint64_t weight_bytes(const ConvShape& shape);

}  // namespace paw
