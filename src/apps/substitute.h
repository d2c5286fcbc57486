// Marks in templates: @@html:name@@ stands for the value `name`, escaped for the place where it stands.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/error.h"

namespace paw {

using Values = std::map<std::string, std::string, std::less<>>;

// Escapes: html and xml (text and quoted attributes), json and js (inside double quotes; also safe inside a script
// element), android (a string resource), raw (as it is: for values that we make ourselves). kInternal, naming `where`:
// an unknown escape or value.
Result<std::string> substitute(std::string_view text, const Values& values, std::string_view where);

}  // namespace paw
