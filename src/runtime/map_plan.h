// Maps a plan's file: the only file-system calls of the phone-safe layers.
#pragma once

#include "base/bytes.h"
#include "base/error.h"

namespace paw {

// Read-only, with its pages present: loading reads every byte anyway. kIo: cannot be opened or mapped, or no file
// system here (WebAssembly).
Result<Bytes> map_plan(const char* path);

}  // namespace paw
