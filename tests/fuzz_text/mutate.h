// Structural mutations of a text form. A pure function of the random state.
#pragma once

#include <string>
#include <string_view>

#include "base/random.h"

namespace paw::fuzz_text {

// One to three mutations: tokens deleted, repeated, swapped or exchanged, lines moved, numbers made extreme, shapes
// made huge, bytes flipped, the end cut off.
std::string mutate(std::string_view text, Random& random);

}  // namespace paw::fuzz_text
