#include <fmt/format.h>

#include "report/parts.h"

namespace paw::report {

namespace {

using enum HtmlTable::Column;

std::string class_counts(const DataPart& data) {
  HtmlTable table("Photos of each class", {{"Class", kText}, {"Files"}, {"Train"}, {"Val"}, {"Test"}, {"Left out"}});
  for (const ClassRow& row : data.classes) {
    table.row({escaped(row.label), std::to_string(row.files), std::to_string(row.train), std::to_string(row.val),
               std::to_string(row.test), std::to_string(row.left_out)});
  }
  std::string out = table.html();
  if (data.more_classes > 0)
    out += fmt::format("<p>And {} more.</p>\n", counted(data.more_classes, "class", "classes"));
  return out;
}

std::string sheets(const DataPart& data) {
  std::string out;
  for (const ClassRow& row : data.classes) {
    if (row.sheet.empty()) continue;
    out +=
        fmt::format("<figure>{}<figcaption>{}</figcaption></figure>\n", image(row.sheet, "sheet"), escaped(row.label));
  }
  return out.empty() ? missing_note(data.no_pictures) : "<div class=\"sheets\">" + out + "</div>\n";
}

std::string findings(const DataPart& data) {
  std::string out;
  for (const std::string& warning : data.warnings) out += missing_note(warning);
  if (data.findings.empty()) {
    return out +
           "<p>The data gate looked at every file and has nothing to say: no damaged file, no copy, no photo under two "
           "labels.</p>\n";
  }
  for (const Finding& finding : data.findings) {
    out +=
        fmt::format("<details><summary><strong>{}</strong> {} <span class=\"tag {}\">{}</span></summary><p>{}</p><ul>",
                    finding.count, escaped(finding.verdict), finding.used ? "good" : "bad",
                    finding.used ? "used" : "left out", escaped(finding.why));
    for (const std::string& example : finding.examples) out += fmt::format("<li>{}</li>", escaped(example));
    const auto more = finding.count - std::ssize(finding.examples);
    if (more > 0) out += fmt::format("<li>and {} more, in manifest.csv</li>", more);
    out += "</ul></details>\n";
  }
  return out;
}

}  // namespace

std::string gallery(const std::vector<Shown>& shown, const std::string& no_pictures, bool label_score) {
  if (shown.empty()) return "";
  std::string out = "<ul class=\"gallery\">\n";
  bool pictures = false;
  for (const Shown& s : shown) {
    pictures = pictures || !s.picture.empty();
    out += fmt::format("<li>{}<p><strong>{} {:.2f}</strong><br>is {}{}</p><p class=\"path\">{}</p></li>\n",
                       image(s.picture, "thumb"), escaped(s.said), s.score, escaped(s.label),
                       label_score ? fmt::format(" ({:.2f})", s.label_score) : "", escaped(s.path));
  }
  return out + "</ul>\n" + (pictures ? "" : missing_note(no_pictures));
}

std::string data_part(const Page& page) {
  const DataPart& data = page.data;
  std::int64_t train = 0, val = 0, test = 0;
  for (const ClassRow& row : data.classes) train += row.train, val += row.val, test += row.test;
  std::string out = fmt::format(
      "<p>{} in {}. The model learns from {}, {} choose the epoch, and {} are kept aside until the very end: they "
      "alone say how good it is. Near-duplicates stay on one side, so that no test photo has a twin among those it "
      "learned from.</p>\n",
      counted(data.files, "file"), counted(std::ssize(page.labels), "class", "classes"), train, val, test);
  if (data.classes.empty())
    out = missing_note("There is no manifest.csv in the run: what the photos were is not known.");
  out += class_counts(data) + sheets(data);
  out += "<h3>What the data gate found</h3>\n" + findings(data);
  if (data.likely_mislabels.empty()) return out;
  out += fmt::format(
      "<h3>Labels that look wrong</h3>\n<p>{} whose label the model doubts, though it never learned from them when it "
      "judged. Look at them: a wrong label teaches the wrong thing, and counts a right answer as a mistake.</p>\n",
      counted(std::ssize(data.likely_mislabels), "photo"));
  return out + gallery(data.likely_mislabels, data.no_pictures, false);
}

}  // namespace paw::report
