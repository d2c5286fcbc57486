// Test vectors of preprocessing for the unit tests of apps: photos by a formula, and what this computer makes of them.
#pragma once

#include <string>

#include "base/error.h"
#include "ir/preprocess.h"

namespace paw {

// A text, a case per line, all cases with the model's record first; its own first line names the columns. Photos are
// those of docs/preprocess.md. Pictures and inputs stand as the first 16 hexadecimal digits of the SHA-256 of their
// bytes, [height][width][3] and float32 [height][width][channels], little-endian. Errors: those of Preprocessor.
Result<std::string> app_vectors(const Preprocess& model);

}  // namespace paw
