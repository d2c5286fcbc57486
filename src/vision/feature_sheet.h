// A layer's output as a picture: its channels side by side.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "vision/image.h"

namespace paw {

// Numbers [height][width][channels].
struct FeatureMaps {
  std::span<const float> values;
  std::int64_t height = 0, width = 0, channels = 0;
};

struct FeatureSheet {
  Image image;
  std::int64_t shown = 0;  // channels: the first ones
};

// At most `most` channels, in rows from left to right. Each goes from its own least value (dark blue) to its own
// greatest (yellow), whatever those are: a sheet shows where a channel answers, not how strongly. A channel that is the
// same everywhere is grey, so is what is no number. Small maps are enlarged, large ones averaged down, by whole
// factors. A layer without extent (1 x 1) is one map: its channels in rows, on one scale. Requires values of that many
// numbers.
FeatureSheet feature_sheet(const FeatureMaps& maps, std::int64_t most = 64);

// From dark blue (0) over green to yellow (1), in even steps of lightness.
std::array<std::uint8_t, 3> heat_color(double level);

}  // namespace paw
