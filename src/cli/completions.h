// Completion of verbs, flags and their choices by the shell, out of the same tables as parsing and help.
#pragma once

#include <string>

#include "base/error.h"

namespace paw {

// A script to be sourced. kUsage: a shell other than "bash".
Result<std::string> completion_script(const std::string& shell);

}  // namespace paw
