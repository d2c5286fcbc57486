// Windows of depthwise convolutions in float16 that add up to what they did.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace paw::coreml {

// Of every `window` numbers in turn, what is multiplied with the pixels of one channel: each becomes one of the two
// float16 numbers around it, the nearer one but for the few that make the errors add up to nearly 0, those for which it
// matters least. Neighbouring pixels are much alike, so that what errors add up to is what they do to a result; behind
// a depthwise convolution nothing averages it out. What is not finite, or leaves float16, is rounded by itself.
void round_windows_to_half(std::span<const float> weights, std::size_t window, std::span<std::uint16_t> half);

}  // namespace paw::coreml
