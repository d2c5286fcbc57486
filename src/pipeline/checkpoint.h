// Checkpoints of a training: two files in a folder, the last and the one before. A process that dies at any moment
// leaves one that is whole.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "train/trainer.h"

namespace paw {

struct Checkpoint {
  TrainerState state;        // after the last epoch
  std::vector<Tensor> best;  // the values of the best epoch so far; empty before the first
  std::string about;         // JSON of whoever trains: settings, machine, history
};

// Writes FOLDER/epoch-0007.ckpt and removes all but it and the one before. Errors: those of write_file.
Status write_checkpoint(const std::filesystem::path& folder, const Checkpoint& checkpoint);

// The newest checkpoint that is whole; `passed_over` gets the message of each newer one that is not. Values have the
// types in `like`, in that order. kResumeRefused: there is none, or it is another net's.
Result<Checkpoint> read_checkpoint(const std::filesystem::path& folder, const std::vector<Tensor>& like,
                                   std::vector<std::string>& passed_over);

}  // namespace paw
