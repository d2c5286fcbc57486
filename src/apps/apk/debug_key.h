// The key that installable Android apps are signed with, until somebody publishes them with a key of their own.
#pragma once

#include <filesystem>
#include <string>

#include "base/error.h"

namespace paw {

struct SigningKey {
  std::filesystem::path key;          // PKCS #8, DER
  std::filesystem::path certificate;  // X.509, PEM
};

// $XDG_DATA_HOME/pawprint (~/.local/share/pawprint).
std::filesystem::path debug_key_folder();

// The key in that folder; made there (RSA, 2048 bits, readable by its owner alone) when there is none. Whoever keeps it
// signs the same app to the same bytes, and a phone takes a newer app for an update of the older one. kIo.
Result<SigningKey> debug_key(const std::filesystem::path& folder);

}  // namespace paw
