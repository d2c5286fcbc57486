// What the lowerings of resizing share.
#pragma once

#include "kernels/resize/resize.h"
#include "lower/lowering.h"
#include "ops/resize.h"

namespace paw {

ResizeGrid resize_grid(ResizeCoordinates coordinates);

}  // namespace paw
