#include "host/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace paw {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

}  // namespace

bool is_terminal(int fd) { return isatty(fd) == 1; }

int terminal_width(int fd) {
  constexpr int kDefault = 80, kLeast = 20, kMost = 1000;
  winsize size{};
  if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return std::max<int>(size.ws_col, kLeast);
  const long columns = std::strtol(std::string(environment("COLUMNS")).c_str(), nullptr, 10);
  return columns > 0 ? static_cast<int>(std::clamp<long>(columns, kLeast, kMost)) : kDefault;
}

bool color_allowed(int fd) {
  return is_terminal(fd) && environment("NO_COLOR").empty() && environment("TERM") != "dumb";
}

}  // namespace paw
