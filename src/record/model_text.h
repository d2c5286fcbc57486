// What a file says of a model in words, for people: every format has a place for it.
#pragma once

#include <string>

namespace paw {

// UTF-8; empty: nothing is said.
struct ModelText {
  std::string description, author, license, version;
  bool empty() const { return description.empty() && author.empty() && license.empty() && version.empty(); }
};

}  // namespace paw
