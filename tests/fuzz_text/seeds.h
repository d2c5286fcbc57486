// The valid text forms that the fuzz test mutates.
#pragma once

#include <array>
#include <string_view>

namespace paw::fuzz_text {

struct Seed {
  std::string_view name;
  std::string_view text;
};
extern const std::array<Seed, 3> kSeeds;

}  // namespace paw::fuzz_text
