// What processes that died left in a folder.
#pragma once

#include <filesystem>

namespace paw {

// A file that write_file() had not finished: nobody's.
bool is_leftover(const std::filesystem::path& path);

}  // namespace paw
