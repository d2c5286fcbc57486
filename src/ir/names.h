// Names of values: which are free for them, and such as are given out once.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace paw {

// Digits only: the text form keeps such names for unnamed values. The empty name is one.
bool is_reserved_name(std::string_view name);

class UniqueNames {
 public:
  // False: it was taken already.
  bool claim(const std::string& name) { return taken_.insert(name).second; }
  // `wanted`, or the first of wanted_1, wanted_2, ... that is free.
  std::string make(const std::string& wanted);

 private:
  std::set<std::string> taken_;
  std::map<std::string, int> counts_;  // the last number tried behind a name
};

}  // namespace paw
