// manifest.csv: what became of every file of a data set, one line each.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "host/sha256.h"
#include "ir/model.h"

namespace paw {

struct ManifestRow {
  std::string path;              // relative to the data set, '/' between names
  std::optional<Sha256> sha256;  // of the file's bytes, where it could be read
  std::string label;             // the class; empty: in none
  std::optional<Split> split;    // where the photo is used; none: nowhere
  std::string verdict = "ok";    // small letters, digits and '_'
  std::string reason;            // one sentence; empty when ok

  bool operator==(const ManifestRow&) const = default;
};

// CSV after RFC 4180, but with a bare newline at the end of lines: a header "path,sha256,class,split,verdict,reason",
// then the rows sorted by path, byte by byte. The same rows give the same bytes in any order. Text that is not UTF-8 is
// written with escapes, as printable() does.
std::string manifest_text(std::span<const ManifestRow> rows);

// The rows in the order of the file. Lines may end in CR LF too. kBadData, with `where`:LINE, for: another header,
// quotes that do not close or stand within a field, a wrong number of fields, a broken hash, split or verdict, an empty
// or repeated path, an "ok" without a hash, bytes that are not UTF-8.
Result<std::vector<ManifestRow>> parse_manifest(std::string_view text, std::string_view where);
// The same of a file. kIo too.
Result<std::vector<ManifestRow>> read_manifest(const std::filesystem::path& path);

}  // namespace paw
