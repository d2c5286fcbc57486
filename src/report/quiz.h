// Five questions about a run, made from its numbers.
#pragma once

#include <string>
#include <vector>

#include "report/page.h"

namespace paw::report {

struct Question {
  std::string question, answer;  // plain
};

inline constexpr std::size_t kQuestions = 5;

// The first five for which the page knows enough; fewer only when it knows next to nothing.
std::vector<Question> quiz(const Page& page);

}  // namespace paw::report
