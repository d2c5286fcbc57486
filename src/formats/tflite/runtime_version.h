// Versions of the runtime: "2.3.0" before "2.17.0", number by number.
#pragma once

#include <string_view>

namespace paw::tflite {

bool is_runtime_version(std::string_view text);
bool runtime_before(std::string_view a, std::string_view b);

}  // namespace paw::tflite
