// What an app may be called. Whatever passes here is still escaped where it is written.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace paw {

// 1 to 50 characters of UTF-8 without control characters and not only spaces. kUsage.
Status check_app_name(std::string_view name);

// An application id: two or more parts joined by dots, each a lower-case letter, then lower-case letters, digits or
// underscores, no word of Java's or Kotlin's; at most 100 characters. Valid on Android and, but for underscores, on
// iOS. kUsage.
Status check_app_id(std::string_view id);

// com.example. and the letters and digits of the name, lower-case; "app" where it has none.
std::string default_app_id(std::string_view name);

}  // namespace paw
