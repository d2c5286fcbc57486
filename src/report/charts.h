// The other charts of the page, as parts of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace paw {

// Answers whose best score lies in one range.
struct ScoreBin {
  std::int64_t count = 0;
  double score = 0, accuracy = 0;  // means
};

// How often answers were right over how sure they were; a bar for each bin that has answers. Honest scores lie on the
// diagonal (reliability diagram, Guo et al. 2017).
std::string reliability_inline(const std::vector<ScoreBin>& bins, const std::string& description);

struct FilePoint {
  std::string name;
  double bytes = 0, accuracy = 0;
  bool best_of_its_size = false;  // no other is both smaller and better
};

// Accuracy over size, with a line through the best of each size.
std::string file_sizes_inline(const std::vector<FilePoint>& files, const std::string& y_name,
                              const std::string& description);

// Sets best_of_its_size of every file.
void mark_best_of_size(std::vector<FilePoint>& files);

}  // namespace paw
