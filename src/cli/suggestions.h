// Values that completion offers for flags which take more than a few words.
#pragma once

#include <string>
#include <vector>

namespace paw {

std::vector<std::string> net_names();
std::vector<std::string> backbone_names();  // and "none"
std::vector<std::string> pass_names();
std::vector<std::string> pipeline_names();
// Of one step, without those that hold a number of any size; and "auto".
std::vector<std::string> recipe_names();

}  // namespace paw
