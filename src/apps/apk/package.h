// An installable Android app out of its files.
#pragma once

#include <string>
#include <vector>

#include "apps/project.h"
#include "base/error.h"

namespace paw {

// kIo: a program that packing needs is missing (the hint names its Debian package), or paw was built without the parts
// that all Android apps share. Asked before a model is worked on.
Status check_packing();

// The project's files (those of the platform "apk") as one package, signed (scheme 2 and 3) with the debug key of
// whoever runs this, and verified: the same files and key give the same bytes. The only file, named after the last part
// of `id`.
Result<std::vector<AppFile>> package_apk(const std::vector<AppFile>& files, const std::string& id);

}  // namespace paw
