// The most memory that a test held at once: exact under ASan, the process's peak otherwise.
#pragma once

#include <cstddef>

namespace paw {

class MemoryWatch {
 public:
  MemoryWatch();
  // Bytes held at the worst moment since construction, beyond what was held then.
  std::size_t peak() const;
};

}  // namespace paw
