// Epoch after epoch of one phase of a training, with everything that has to survive the process: checkpoints, the
// table of epochs, the best epoch so far.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/json.h"
#include "host/progress.h"
#include "train/early_stop.h"
#include "train/trainer.h"

namespace paw {

struct EpochRow {
  std::int64_t epoch = 0;  // counted from 1, over all phases
  std::int64_t step = 0;   // optimiser steps of the phase so far
  double loss = 0, accuracy = 0, val_loss = 0, val_accuracy = 0, learning_rate = 0, images_per_s = 0, seconds = 0;
  // The last two are 0 in a phase that is not timed.
};

// What has been seen so far, over all phases.
struct TrainHistory {
  std::vector<EpochRow> rows;
  BestEpoch best;  // of the phase at hand
};

Json to_json(const TrainHistory& history);
// nullopt: not the JSON of one.
std::optional<TrainHistory> history_from(const Json& json);

struct Phase {
  std::string name;  // small letters; checkpoints are named by it
  TrainSettings settings;
  std::int64_t patience = 0;               // epochs without a lower validation loss before it stops; 0: never
  std::filesystem::path checkpoints = {};  // folder; empty: none are written
  std::string identity = {};               // of the run, as JSON: checkpoints of another one are refused
  std::int64_t epochs_before = 0;          // of earlier phases
  bool timed = true;                       // else the rows tell no time
  std::function<Status(const TrainHistory&)> epoch_done;  // after the epoch's checkpoint; with the new row last
  std::function<void(const std::string&)> note;
};

// Trains `start` from where the phase's newest whole checkpoint stands, or from the beginning, and returns the model of
// the epoch with the least validation loss. `history` gains a row per epoch, also of those that a checkpoint tells of.
// kResumeRefused: a checkpoint of another run. kDiverged: no epoch had a validation loss that is a number. Else errors
// of Trainer, of the examples and of the disk.
Result<Model> run_epochs(const Phase& phase, const Model& start, const ExampleSource& train, const ExampleSource& val,
                         TrainHistory& history, Progress& progress);

}  // namespace paw
