#include "formats/coreml/identifier.h"

namespace paw::coreml {

std::string identifier(std::string_view wanted) {
  std::string out;
  for (const char c : wanted) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool digit = c >= '0' && c <= '9';
    if (out.empty() && digit) out += '_';
    out += letter || digit ? c : '_';
  }
  return out;
}

}  // namespace paw::coreml
