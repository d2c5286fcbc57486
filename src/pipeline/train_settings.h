// What a training is asked for: checked, written into the run's record, and compared when it goes on.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "host/json.h"

namespace paw {

struct TrainPhotosSettings {
  std::string photos, out;  // folder of class folders; run folder
  std::string net;          // a built-in net, from scratch; empty: transfer where the backbone is there, else pawnet
  std::string backbone;     // "none": from scratch; a model file; empty: efficientnet-lite0 where it is there
  std::int64_t epochs = 10, batch = 32;
  bool fine_tune = false;             // after the classifier, train the whole net
  std::int64_t fine_tune_epochs = 4;  // more epochs, for that
  std::int64_t size = 0;              // of the input; 0: the net's published one
  std::string geometry;  // "crop", "stretch" or "fit": how photos become square; empty: as the net was published
  std::int64_t seed = 0;
  double learning_rate = 0;      // the peak, of the first phase; 0: what suits the way of training
  std::string class_weights;     // "balanced": every class counts the same; empty or "none": every photo
  std::int64_t patience = 0;     // epochs without a lower validation loss before a phase ends; 0: never
  double ema = 0;                // share of the old averaged weights that a step keeps; 0: no average is taken
  double mixup = 0, cutmix = 0;  // alpha of their Beta distributions (train/mixing.h); 0: none
  std::int64_t threads = 0;      // 0: all processors
  bool force = false;            // overwrite an earlier run
  bool resume = false;           // go on with an earlier run
  bool timed = true;             // else every measured time is left out of what is written
};

// kUsage: out of range, or settings that exclude each other.
Status check(const TrainPhotosSettings& settings);

// What decides the model's bytes, photos aside.
Json to_json(const TrainPhotosSettings& settings);

// For going on with a run that was started with `recorded`: settings that stand at their defaults take its values, told
// to `note` when they change. kResumeRefused: a setting differs; all that do are named.
Status adopt(TrainPhotosSettings& settings, const Json& recorded, const std::function<void(const std::string&)>& note);

}  // namespace paw
