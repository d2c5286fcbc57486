// What stands in a run folder (docs/run-json.md): made once, never mixed with another run's files.
#pragma once

#include <string>

#include "base/error.h"

namespace paw {

struct EpochRow;

// kIo: it exists and `force` is not set, or cannot be made. With `force` its earlier files are overwritten one by one.
Status make_run_folder(const std::string& path, bool force);

// metrics.csv: epoch, loss, accuracy, val_loss, val_accuracy, lr, images_per_s; one line per epoch, whole after each.
class MetricsFile {
 public:
  explicit MetricsFile(std::string path) : path_(std::move(path)) {}
  Status add(const EpochRow& row);

 private:
  std::string path_, text_;
};

}  // namespace paw
