// Zip archives as Android maps them: nothing compressed, data where the app's files need it.
#pragma once

#include <vector>

#include "apps/project.h"
#include "base/error.h"

namespace paw {

// Native libraries (.so) begin at multiples of this, so that pages of 16 KiB can be mapped; all else at multiples of 4.
inline constexpr std::size_t kPageAlignment = 16384;

// The files in their order, stored; the same files give the same bytes. kUnsupported: more than 4 GiB or 65535 files.
Result<std::vector<std::byte>> aligned_zip(const std::vector<AppFile>& files);

}  // namespace paw
