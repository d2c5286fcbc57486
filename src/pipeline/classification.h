// How good a classifier's answers are: accuracy with its interval, per class, confusion, calibration.
#pragma once

#include <cstdint>
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

struct ClassificationReport {
  std::int64_t images = 0, right = 0;
  double top1 = 0, low = 0, high = 0;  // 95 % interval (Wilson 1927)
  double loss = 0;
  double ece = 0;  // expected calibration error over 15 equal bins of the best score (Guo et al. 2017)
  std::vector<ClassReport> classes;
  std::vector<std::vector<std::int64_t>> confusion;  // [true class][said class]
};

ClassificationReport classification_report(const Evaluation& evaluation, const std::vector<std::string>& labels);

Json to_json(const ClassificationReport& report);
std::string to_text(const ClassificationReport& report);

}  // namespace paw
