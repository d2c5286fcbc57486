#include "report/page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "report/quiz.h"

namespace paw::report::page_test {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

constexpr const char* kBad = "</title><script>alert('x')</script>\"&";

// A page of which every text is `text`.
Page page_of(const std::string& text) {
  const Picture picture{.file = Bytes::copy_of(std::as_bytes(std::span("x", 1))), .width = 1, .height = 1, .alt = text};
  const Shown shown{text, text, text, 0.9, 0.1, picture};
  Page page;
  page.title = page.version = page.shape = text;
  page.labels = {text, "dog"};
  page.input_width = page.input_height = 224;
  page.stages = {{text, text, {text}, 3.0, true, ""}, {text, text, {}, {}, false, text}};
  page.data = {.files = 10,
               .classes = {{text, 10, 8, 1, 1, 0, picture}},
               .findings = {{text, 1, true, text, {text}}},
               .warnings = {text},
               .likely_mislabels = {shown},
               .no_pictures = text};
  page.training = {.way = text,
                   .epochs = {{1, 0.5, 0.8, 0.4, 0.9, 0.1, 100}},
                   .best_epoch = 1,
                   .ways = {{text, 1, 0.9, 0.9, 3.0}},
                   .settings = {{text, text}}};
  page.quality = {.images = 10,
                  .top1 = 0.9,
                  .low = 0.6,
                  .high = 0.98,
                  .ece = 0.02,
                  .threshold = 0.605,
                  .temperature = 1.5,
                  .not_sure = 1,
                  .top1_of_rest = 1,
                  .classes = {{text, 5, 1, 0.8, 0.9}, {"dog", 5, 0.8, 1, 0.9}},
                  .confusion = {{4, 1}, {0, 5}},
                  .bins = {{10, 0.9, 0.9}},
                  .mistakes = {shown},
                  .unsure = {shown},
                  .all_mistakes = 1,
                  .no_pictures = text};
  page.files = {.float_bytes = 4'000'000,
                .files = {{"model.paw", text, "none", 4'100'000, 0.9, {}, {}, 8.0, 10},
                          {"exports/" + text, text, text, 1'000'000, 0.9, 1.0, 0.01, 3.0, 10}},
                .kept = {{text, text, text}},
                .tried = {{text, "", 1, 0, true}, {text, text, 0, 0, false}},
                .refused = {text}};
  page.journey = {.photo = text,
                  .label = text,
                  .steps = {{text, text, picture}},
                  .maps = {{text, text, picture, picture}},
                  .layers = {{text, text, text, 0.1, 0.5}},
                  .overlay = picture,
                  .labels = {text, "dog"},
                  .answers = {{text, {0.9, 0.1}}, {text, {0.8, 0.2}}}};
  page.apps = {.apps = {{text, text, {text + " `" + text + "`"}, 3, 1000}},
               .screens = {{text, text, picture}},
               .labels = {text, "dog"},
               .golden = {{picture, {0.9, 0.1}}},
               .tolerance = 0.01};
  page.parity = {{text, text, text, 10, 1.0, 0.001}};
  page.held_out = {{text, text, {{text, text, 0.9}}, picture}};
  return page;
}

TEST(Page, NothingFromOutsideBecomesMarkup) {
  const std::string html = render(page_of(kBad)), plain = render(page_of("word"));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("alert('x')")));
  const auto marks = [](const std::string& text) {
    std::map<char, std::int64_t> count;
    for (const char c : text) {
      if (c == '<' || c == '>' || c == '"') ++count[c];
    }
    return count;
  };
  // As many marks as with a harmless word, whatever the texts hold.
  EXPECT_EQ(marks(html), marks(plain));
}

TEST(Page, HoldsEightPartsAndLoadsNothing) {
  const std::string html = render(page_of("word"));
  for (const char* id : {"pipeline", "data", "training", "quality", "files", "journey", "apps", "learn"}) {
    EXPECT_THAT(html, HasSubstr(std::string("<section id=\"") + id + "\""));
    EXPECT_THAT(html, HasSubstr(std::string("<a href=\"#") + id + "\""));
  }
  EXPECT_THAT(html, HasSubstr("default-src 'none'"));
  for (const char* sign : {"<script", "http://", "https://", "url(", "@import"})
    EXPECT_THAT(html, Not(HasSubstr(sign)));
  EXPECT_EQ(html, render(page_of("word")));
}

TEST(Page, SaysWhatIsMissing) {
  Page page;
  page.title = "cat or dog";
  page.stages = {{"Apps", "model", {}, {}, false, "Not run: paw app"}};
  const std::string html = render(page);
  for (const char* part : {"Not run: paw app", "No epoch has ended yet", "was not tested yet", "was not exported yet",
                           "No app was made yet", "no manifest.csv"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(Page, TimesThatWereNotMeasuredLeaveTheirCellsEmpty) {
  Page page = page_of("word");
  page.stages[0].seconds = {};
  page.training.epochs[0].images_per_s = {};
  for (FileRow& file : page.files.files) file.ms = {};
  page.journey.layers[0].ms = {};
  const std::string html = render(page);
  EXPECT_THAT(html, Not(HasSubstr("&nbsp;ms")));
  EXPECT_THAT(html, HasSubstr(">Photos / s</th>"));
  EXPECT_THAT(html, HasSubstr("data-title=\"Time per photo\"></td>"));
}

TEST(Quiz, FiveQuestionsFromTheRun) {
  const std::vector<Question> questions = quiz(page_of("cat"));
  ASSERT_THAT(questions, SizeIs(kQuestions));
  EXPECT_EQ(questions[0].question, "Why is exports/cat so much smaller than the trained weights?");
  EXPECT_THAT(questions[0].answer, HasSubstr("4.0 times less"));
  EXPECT_THAT(questions[1].question, HasSubstr("90.0 % of 10 test photos"));
  EXPECT_EQ(questions[3].question, "A photo scores cat 0.60. What does the app show?");
  EXPECT_THAT(questions[3].answer, HasSubstr("Not sure"));
  // A run of paw train alone.
  Page train = page_of("cat");
  train.files.files.resize(1);
  EXPECT_THAT(quiz(train), SizeIs(kQuestions));
}

}  // namespace paw::report::page_test
