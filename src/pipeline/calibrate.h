// Makes a trained model honest: scores that are right as often as they say, and "not sure" where it cannot know.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ir/model.h"
#include "train/calibration.h"
#include "train/novelty.h"

namespace paw {

// How far the model's scores can be trusted, from scores of photos that it has not learned from.
struct CalibrationReport {
  std::string from;         // "5 folds of 900 photos", "100 validation photos"
  std::int64_t photos = 0;  // scored
  double accuracy = 0;      // on them
  double temperature = 1, threshold = 0;
  double novelty_limit = 0;  // distance from which on scores fall; 0: distances play no part
  double lost = 0;           // share of them that is answered by "not sure"
};

// What it is made from.
struct HeldOut {
  std::string from;               // as in the report
  HeldOutScores scores;           // of the model, at temperature 1
  std::vector<double> distances;  // of the same photos, by a novelty without these; empty: distances play no part
  Novelty novelty;                // of all training photos, without a limit
};

// The model with its temperature, its threshold and, where there are distances, its novelty set so that at most 2 % of
// the held-out photos are answered by "not sure". `held_out.scores` are brought to the temperature. Fewer than 20
// photos change nothing, said in the report.
Result<Model> calibrate(const Model& model, HeldOut& held_out, CalibrationReport& report);

// The distance from which on a photo counts as unlike the training photos: all but 2 % of the held-out ones are nearer.
double novelty_limit(std::vector<double> held_out_distances);

}  // namespace paw
