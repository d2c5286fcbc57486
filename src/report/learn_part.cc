#include <fmt/format.h>

#include "report/parts.h"
#include "report/quiz.h"

namespace paw::report {

namespace {

struct Word {
  const char *word, *meaning;
};

// One word per concept, as in docs/glossary.md, in the words of those who meet them for the first time.
constexpr Word kWords[] = {
    {"accuracy", "the share of photos whose answer is right"},
    {"agreement", "the share of photos to which two files of a model give the same answer"},
    {"backbone", "a net that has learned from a million other photos; training starts from what it sees"},
    {"calibration", "making scores honest, so that 0.9 is right nine times out of ten"},
    {"epoch", "one pass over all training photos"},
    {"feature map", "what one channel of a layer gives for a photo, place by place"},
    {"golden photo", "a photo inside an app with the scores that it must get there"},
    {"int8", "numbers in one byte instead of four"},
    {"latency", "the time from photo to answer"},
    {"loss", "how surprised the model is by the right answers; training makes it small"},
    {"overfitting", "learning photos by heart instead of what they have in common"},
    {"preprocessing", "how a photo becomes the numbers that the model takes; a part of the model"},
    {"quantisation", "storing numbers in fewer bits, with a scale that says what one step is worth"},
    {"score", "how sure the model is of a class, from 0 to 1; all scores of a photo add up to 1"},
    {"temperature", "the one number that scores are corrected by in calibration"},
    {"threshold", "the best score below which an app says \"not sure\""},
    {"training, validation, test",
     "photos to learn from, to choose by, and to judge by, each photo in one of them only"},
};

}  // namespace

std::string learn_part(const Page& page) {
  std::string out = "<h3>Five questions about this run</h3>\n";
  for (const Question& q : quiz(page)) {
    out += fmt::format("<details class=\"quiz\"><summary>{}</summary><p>{}</p></details>\n", escaped(q.question),
                       escaped(q.answer));
  }
  out += "<h3>Words</h3>\n<dl class=\"words\">\n";
  for (const auto& [word, meaning] : kWords)
    out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", word, escaped(meaning));
  return out + "</dl>\n";
}

}  // namespace paw::report
