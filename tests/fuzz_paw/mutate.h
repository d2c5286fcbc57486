// Structural mutations of a .paw file: what an attacker who can compute CRCs would try.
#pragma once

#include <string>

#include "base/bytes.h"
#include "base/random.h"

namespace paw {

struct Mutation {
  Bytes file;
  std::string what;  // for the message of a failing test
};

// Deterministic in the generator's state. Most keep every CRC true, so that they reach the inner parsers.
Mutation mutate(const Bytes& file, Random& random);

}  // namespace paw
