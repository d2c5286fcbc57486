// The files of the app templates, as they were when the program was built: it carries them with it.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace paw {

struct TemplateFile {
  std::string_view platform;  // "web"; "parity": a helper of parity/, part of no project
  std::string_view path;      // in the project
  std::span<const std::byte> data;
};

// Sorted by platform and path.
std::span<const TemplateFile> template_files();

}  // namespace paw
