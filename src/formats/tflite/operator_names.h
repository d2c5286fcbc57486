// Names of the operators of the format, for messages about those that are not read.
#pragma once

#include <cstdint>
#include <string>

namespace paw::tflite {

// "CONV_2D"; "operator 512" for a code that this version does not know.
std::string operator_name(std::int32_t code);

}  // namespace paw::tflite
