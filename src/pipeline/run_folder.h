// What stands in a run folder (docs/run-json.md): made once, never mixed with another run's files, one process at a
// time.
#pragma once

#include <span>
#include <string>

#include "base/error.h"
#include "host/json.h"
#include "host/process.h"

namespace paw {

struct EpochRow;

enum class RunMode : std::uint8_t { kNew, kForce, kResume };

class RunFolder {
 public:
  // Makes the folder, unless it is there, and holds it. kIo: it is there and the mode is kNew, it cannot be made, or
  // another process is at work in it. What an earlier run wrote stays until clear().
  static Result<RunFolder> open(const std::string& path, RunMode mode);
  // A folder that was made for nothing goes.
  ~RunFolder();
  RunFolder(RunFolder&&) noexcept = default;
  RunFolder& operator=(RunFolder&&) noexcept = default;

  const std::string& path() const { return path_; }
  std::string path(const char* name) const;
  bool made() const { return made_; }        // it was not there before
  bool resumed() const { return resumed_; }  // there is a run.json to go on from

  // Removes what an earlier run wrote, nothing else.
  Status clear() const;

  // run.json; an empty object where there is none. kResumeRefused: it is not what a run writes.
  Result<Json> read_record() const;
  Status write_record(const Json& record) const;

 private:
  RunFolder(std::string path, FolderLock lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  FolderLock lock_;
  bool resumed_ = false, made_ = false;
};

// What write_record() writes: the schema, then the keys of run.json in their order, without measured times when the
// settings say `reproducible`.
Json whole_record(const Json& record);

// Every measured time in it becomes null.
void leave_out_times(Json& json);

// The text of metrics.csv: epoch, step, loss, accuracy, val_loss, val_accuracy, lr, images_per_s (empty where it is 0);
// one line per epoch.
std::string metrics_text(std::span<const EpochRow> rows);

}  // namespace paw
