// How good a classifier's answers are: accuracy with its interval, per class, confusion, calibration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/json.h"
#include "train/evaluate.h"

namespace paw {

struct ClassReport {
  std::string label;
  std::int64_t images = 0;
  double precision = 0, recall = 0, f1 = 0;  // 0 where nothing was said or is there
};

// What the model's threshold does: answers whose best score is below it are "not sure".
struct NotSure {
  double threshold = 0;
  std::int64_t images = 0;       // of them
  std::int64_t rest_right = 0;   // of the others
  std::int64_t rest_images = 0;  // the others
};

struct ClassificationReport {
  std::int64_t images = 0, right = 0;
  double top1 = 0, low = 0, high = 0;  // 95 % interval (Wilson 1927)
  double loss = 0;
  double ece = 0;  // expected calibration error over 15 equal bins of the best score (Guo et al. 2017)
  std::optional<NotSure> not_sure;
  std::vector<ClassReport> classes;
  std::vector<std::vector<std::int64_t>> confusion;  // [true class][said class]
};

// Of answers whose scores are at the model's temperature; `threshold` is the model's, when its effect is wanted. A
// class without a label is called by its number.
ClassificationReport classification_report(const Evaluation& evaluation, const std::vector<std::string>& labels,
                                           std::optional<double> threshold = {});

Json to_json(const ClassificationReport& report);
// The numbers, the classes with photos (of many, the worst), and who is taken for whom.
std::string to_text(const ClassificationReport& report);

}  // namespace paw
