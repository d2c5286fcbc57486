// Files: mapped reading and atomic writing, with errors that name the path and the system's reason.
#pragma once

#include <filesystem>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/error.h"

namespace paw {

// The whole file, mapped read-only; the mapping lives as long as the Bytes. kIo: missing, a folder, unreadable.
Result<Bytes> map_file(const std::filesystem::path& path);

// Writes beside `path`, fsyncs, renames over it and fsyncs the folder: after a crash the old or the new file is there,
// never half. kIo: permission, disk full, missing folder; the temporary file is removed.
Status write_file(const std::filesystem::path& path, std::span<const std::byte> data);
// The same without fsync, for many files that can be made again: whole or not there, but after a crash of the machine
// perhaps empty.
Status write_file_unsynced(const std::filesystem::path& path, std::span<const std::byte> data);
Status write_file(const std::filesystem::path& path, std::string_view text);

// A name for a file or folder on the way to be `path`, beside it: another at each call, and of each process.
std::filesystem::path temporary_beside(const std::filesystem::path& path);
// Has that form: a process that died left it, when nobody is at work there.
bool is_leftover(const std::filesystem::path& path);

// `from`, a file or a folder, takes the name `to` at once; what stood there, a link included, stands at `from` then.
// Both are on one file system. kIo.
Status move_over(const std::filesystem::path& from, const std::filesystem::path& to);

// kIo when `path` exists and `force` is not set; the hint names --force.
Status check_output(const std::filesystem::path& path, bool force);

}  // namespace paw
