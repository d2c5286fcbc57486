#include "host/leftovers.h"

#include <string>

namespace paw {

bool is_leftover(const std::filesystem::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with(".paw-") && name.ends_with(".tmp");
}

}  // namespace paw
