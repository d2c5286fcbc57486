#include "cli/output.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>
#include <string>

#include "host/text.h"

namespace paw {

Status print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size()) return {};
  return fail(ErrorCode::kIo, "stdout", std::string("cannot write: ") + std::strerror(errno));
}

Status print_json(const Json& json) {
  // Names come from files and may not be UTF-8: replaced, never thrown at.
  return print(to_text(json, 2) + "\n");
}

void print_error(const Error& error) {
  // Whoever closed stderr does not want to know.
  static_cast<void>(std::fputs(("paw: " + printable(error.text()) + "\n").c_str(), stderr));
}

}  // namespace paw
