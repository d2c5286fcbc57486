#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "report/parts.h"

namespace paw::report {

namespace {

using enum HtmlTable::Column;

constexpr std::size_t kMostColumns = 10;  // of the confusion matrix; beyond it, the most frequent confusions
constexpr std::size_t kMostRows = 20;     // of tables of classes
constexpr std::size_t kMostPairs = 10;

std::string confusion_matrix(const QualityPart& q) {
  std::vector<HtmlTable::Heading> headings = {{"is \\ said", kText}};
  for (const ClassQuality& c : q.classes) headings.push_back({escaped(c.label)});
  HtmlTable table("What photos of each class were said to be", std::move(headings));
  for (std::size_t is = 0; is < q.confusion.size(); ++is) {
    std::int64_t all = 0;
    for (const std::int64_t count : q.confusion[is]) all += count;
    std::vector<std::string> cells = {escaped(q.classes[is].label)};
    for (std::size_t said = 0; said < q.confusion[is].size(); ++said) {
      const std::int64_t count = q.confusion[is][said];
      const double share = all > 0 ? static_cast<double>(count) / static_cast<double>(all) : 0;
      cells.push_back(fmt::format("<span class=\"heat {}\" style=\"--share:{:.3f}\">{}</span>",
                                  is == said ? "right" : "wrong", share, count));
    }
    table.row(std::move(cells));
  }
  return "<div class=\"matrix\">" + table.html() + "</div>\n";
}

std::string frequent_confusions(const QualityPart& q) {
  std::vector<std::tuple<std::int64_t, std::size_t, std::size_t>> pairs;  // minus count, is, said
  for (std::size_t is = 0; is < q.confusion.size(); ++is) {
    for (std::size_t said = 0; said < q.confusion[is].size(); ++said) {
      if (is != said && q.confusion[is][said] > 0) pairs.emplace_back(-q.confusion[is][said], is, said);
    }
  }
  std::ranges::sort(pairs);
  if (pairs.size() > kMostPairs) pairs.resize(kMostPairs);
  HtmlTable table("The most frequent confusions", {{"Is", kText}, {"Said to be", kText}, {"Photos"}});
  for (const auto& [count, is, said] : pairs) {
    table.row({escaped(q.classes[is].label), escaped(q.classes[said].label), std::to_string(-count)});
  }
  return pairs.empty() ? "" : table.html();
}

std::string class_quality(const QualityPart& q) {
  std::vector<ClassQuality> rows = q.classes;
  std::ranges::sort(rows, {}, [](const ClassQuality& c) { return std::pair(c.f1, std::string_view(c.label)); });
  const bool all = rows.size() <= kMostRows;
  if (!all) rows.resize(kMostRows);
  HtmlTable table(
      all ? "Every class, the hardest first" : fmt::format("The {} hardest classes of {}", kMostRows, q.classes.size()),
      {{"Class", kText}, {"Photos"}, {"Precision"}, {"Recall"}, {"F1"}});
  for (const ClassQuality& c : rows) {
    table.row({escaped(c.label), std::to_string(c.images), fmt::format("{:.3f}", c.precision),
               fmt::format("{:.3f}", c.recall), fmt::format("{:.3f}", c.f1)});
  }
  return table.html() +
         "<p class=\"small\">Precision: of the photos said to be of a class, the share that is. Recall: of the photos "
         "of a "
         "class, the share that was found. F1 is high only when both are.</p>\n";
}

std::string calibration(const QualityPart& q) {
  std::string out = fmt::format(
      "<h3>Can its scores be trusted?</h3>\n<p>A score of 0.9 should be right nine times out of ten. Over all answers "
      "the "
      "scores are off by {:.1f} points of a hundred (expected calibration error).{}</p>\n",
      q.ece * 100,
      q.temperature ? fmt::format(" They were made honest by one number, the temperature, here {:.2f}.", *q.temperature)
                    : "");
  if (q.bins.empty()) return out;
  std::string words = "Share of right answers by score:";
  for (const ScoreBin& bin : q.bins) {
    if (bin.count > 0) {
      words += fmt::format(" around {:.2f}, {:.0f} % of {};", bin.score, bin.accuracy * 100, bin.count);
    }
  }
  words.back() = '.';
  return out + "<div class=\"charts\">" + reliability_inline(q.bins, words) +
         "<p class=\"small\">Each bar is the answers with such a score, their number above it; the dashed line is "
         "where "
         "bars of honest scores end. Bars of few answers say little.</p></div>\n";
}

std::string galleries(const QualityPart& q) {
  std::string out = "<h3>The worst mistakes</h3>\n";
  if (q.all_mistakes == 0 && (!q.bins.empty() || q.top1 >= 1)) {
    out += "<p>Not one test photo is answered wrong.</p>\n";
  } else if (q.mistakes.empty()) {
    out += missing_note(q.no_pictures);
  } else {
    out += fmt::format("<p>{} answered wrong; the surest first, since those would mislead most.</p>\n",
                       counted(q.all_mistakes, "test photo is", "test photos are")) +
           gallery(q.mistakes, q.no_pictures, true);
  }
  if (q.threshold <= 0) return out;
  out += fmt::format(
      "<h3>Not sure</h3>\n<p>When the best score is below {:.3f}, apps say \"not sure\" instead of "
      "guessing.",
      q.threshold);
  if (q.not_sure) out += fmt::format(" So they do for {}.", counted(*q.not_sure, "test photo"));
  if (q.top1_of_rest) out += fmt::format(" Of the others, {} are right.", percent(*q.top1_of_rest));
  return out + "</p>\n" + gallery(q.unsure, q.no_pictures, true);
}

}  // namespace

std::string quality_part(const Page& page) {
  const QualityPart& q = page.quality;
  if (q.images == 0) return missing_note("The model was not tested yet; go on with: paw train PHOTOS -o RUN --resume");
  std::string out = fmt::format(
      "<p>On {} that it never saw, the model is right in {}. With so many photos the true share lies between {} and {} "
      "(95&nbsp;% interval).</p>\n",
      counted(q.images, "photo"), percent(q.top1), percent(q.low), percent(q.high));
  out += q.classes.size() <= kMostColumns ? confusion_matrix(q) : frequent_confusions(q);
  return out + class_quality(q) + calibration(q) + galleries(q);
}

}  // namespace paw::report
