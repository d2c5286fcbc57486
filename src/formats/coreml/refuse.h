// What readers say of a file that is damaged or holds what we do not support.
#pragma once

#include "base/error.h"

namespace paw::coreml {

inline std::unexpected<Error> refuse(std::string_view where, std::string_view message) {
  return fail(ErrorCode::kUnsupported, where, message);
}

}  // namespace paw::coreml
