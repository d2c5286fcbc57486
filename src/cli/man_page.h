// The manual page, out of the same tables as parsing and help.
#pragma once

#include <string>

namespace paw {

// paw(1) in the macros of man(7). The same for everyone: no date.
std::string man_page();

}  // namespace paw
