// The folder of an .mlpackage: which of its files are read, and under which rules. A trust boundary: nothing outside
// the folder is ever opened.
#pragma once

#include <filesystem>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace paw::coreml {

// The files of a package.
struct PackageFiles {
  Bytes model;
  std::filesystem::path weights;  // the folder of weight files; empty: the package has none
};

// kUnsupported: a manifest that is broken, of a newer format, without root, with an item twice or one outside the
// folder (.., absolute, symbolic links). kIo: a file that cannot be read.
Result<PackageFiles> open_package(const std::filesystem::path& folder);

// The weight file that a program calls `name`, "@model_path/weights/weight.bin". kUnsupported: elsewhere, or a link.
Result<Bytes> open_weights(const PackageFiles& files, std::string_view name, std::string_view where);

// Manifest.json for a package of these files. The identifiers are made from the contents, so that equal packages are
// equal in every byte.
std::string make_manifest(const Bytes& model, const Bytes& weights);

}  // namespace paw::coreml
