// Names as Core ML, and the languages of apps, want them.
#pragma once

#include <string>
#include <string_view>

namespace paw::coreml {

// [A-Za-z_][A-Za-z0-9_]*: other characters become '_', one more stands before a digit. Empty stays empty.
std::string identifier(std::string_view wanted);

}  // namespace paw::coreml
