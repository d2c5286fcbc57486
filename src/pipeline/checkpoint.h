// Checkpoints of a training: two files in a folder, the last and the one before. A process that dies at any moment
// leaves one that is whole.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
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

// Writes FOLDER/NAME-000007.ckpt after epoch 7 and removes all of that name but it and the one before. Errors: those of
// write_file.
Status write_checkpoint(const std::filesystem::path& folder, std::string_view name, const Checkpoint& checkpoint);

// The newest checkpoint of that name that is whole; `passed_over` gets the message of each newer one that is not.
// Values have the types in `like`, in that order. nullopt: there is none. kResumeRefused: it is another net's.
Result<std::optional<Checkpoint>> read_checkpoint(const std::filesystem::path& folder, std::string_view name,
                                                  const std::vector<Tensor>& like,
                                                  std::vector<std::string>& passed_over);

}  // namespace paw
