// Structural mutations of a .tflite file.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/random.h"

namespace paw {

struct Mutation {
  Bytes file;
  std::string what;  // for the message of a failing test
};

class TfliteMutator {
 public:
  explicit TfliteMutator(const Bytes& good);
  // Deterministic in the generator's state.
  Mutation next(Random& random) const;

 private:
  Mutation bytes(Random& random) const;
  Mutation objects(Random& random) const;
  Mutation archive(Random& random) const;

  Bytes good_;
  std::vector<std::size_t> places_;  // bytes of the flatbuffer that are no weights
  std::size_t archive_at_ = 0;       // where files are packed; the size when none are
};

}  // namespace paw
