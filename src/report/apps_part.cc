#include <fmt/format.h>

#include <algorithm>

#include "host/text.h"
#include "report/parts.h"

namespace paw::report {

namespace {

using enum HtmlTable::Column;

// Text between backquotes is code.
std::string with_code(const std::string& text) {
  std::string out;
  bool code = false;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find('`', begin);
    const std::string part = escaped(std::string_view(text).substr(begin, end - begin));
    out += code ? "<code>" + part + "</code>" : part;
    if (end == std::string::npos) return out;
    code = !code;
    begin = end + 1;
  }
}

std::string app_cards(const AppsPart& apps) {
  std::string out = "<ul class=\"apps\">\n";
  for (const App& app : apps.apps) {
    out +=
        fmt::format("<li><h3>{}</h3><p class=\"path\">{}</p><p class=\"small\">{}, {}</p><ol>", escaped(app.title),
                    escaped(app.folder), counted(static_cast<std::int64_t>(app.files), "file"), human_bytes(app.bytes));
    for (const std::string& step : app.open) out += fmt::format("<li>{}</li>", with_code(step));
    out += "</ol></li>\n";
  }
  return out + "</ul>\n";
}

std::string screens(const AppsPart& apps) {
  if (apps.screens.empty()) return "";
  std::string out = "<h3>How it looks on a phone</h3>\n<ul class=\"screens\">\n";
  for (const Step& screen : apps.screens) {
    out += fmt::format("<li><figure>{}<figcaption><strong>{}</strong> {}</figcaption></figure></li>\n",
                       image(screen.picture, "screen"), escaped(screen.title), escaped(screen.text));
  }
  return out + "</ul>\n";
}

std::string golden_table(const AppsPart& apps) {
  if (apps.golden.empty()) return "";
  HtmlTable table("Golden photos and the scores they must get", {{"Photo", kText}, {"Answer", kText}, {"Score"}});
  for (const Golden& golden : apps.golden) {
    const auto best = std::ranges::max_element(golden.scores);
    if (best == golden.scores.end()) continue;
    const auto index = static_cast<std::size_t>(best - golden.scores.begin());
    table.row({image(golden.picture, "golden"), index < apps.labels.size() ? escaped(apps.labels[index]) : "",
               fmt::format("{:.4f}", *best)});
  }
  return fmt::format(
             "<h3>Golden photos</h3>\n<p>They travel inside every app with the scores that this computer gave "
             "them. The app's self-test runs them on the phone: each score must agree within {:.2g}.</p>\n",
             apps.tolerance) +
         table.html();
}

std::string parity_table(const std::vector<ParityRow>& parity) {
  if (parity.empty()) return "";
  HtmlTable table("The same held-out photos through every file",
                  {{"File", kText}, {"Run by", kText}, {"Photos"}, {"Same answer"}, {"Largest difference"}}, true);
  for (const ParityRow& row : parity) {
    table.row({escaped(row.file.substr(row.file.rfind('/') + 1)),
               fmt::format("<span>{}<span class=\"use\">{}</span></span>", escaped(row.engine), escaped(row.note)),
               row.images > 0 ? std::to_string(row.images) : "", row.agreement ? percent(*row.agreement) : "",
               row.max_abs_diff ? fmt::format("{:.2g}", *row.max_abs_diff) : ""});
  }
  return "<h3>Do all files answer alike?</h3>\n" + table.html();
}

std::string held_out_list(const std::vector<HeldOut>& photos) {
  if (photos.empty()) return "";
  std::string out = "<h3>What they say of held-out photos</h3>\n<ul class=\"answers\">\n";
  for (const HeldOut& photo : photos) {
    HtmlTable table(fmt::format("<span class=\"path\">{}</span> is {}", escaped(photo.path), escaped(photo.label)),
                    {{"File", kText}, {"Answer", kText}, {"Score"}});
    for (const HeldOut::Said& said : photo.said) {
      table.row({escaped(said.file.substr(said.file.rfind('/') + 1)), escaped(said.label),
                 fmt::format("{:.3f}", said.score)});
    }
    out += "<li>" + image(photo.picture, "thumb") + table.html() + "</li>\n";
  }
  return out + "</ul>\n";
}

}  // namespace

std::string apps_part(const Page& page) {
  const std::string parity = parity_table(page.parity) + held_out_list(page.held_out);
  if (page.apps.apps.empty()) {
    return missing_note("No app was made yet; paw app RUN/model.paw -o apps --web makes one for browsers.") + parity;
  }
  return "<p>Each project holds the model, its preprocessing and golden photos, and answers as this computer does. "
         "Photos "
         "never leave the phone.</p>\n" +
         app_cards(page.apps) + screens(page.apps) + golden_table(page.apps) + parity;
}

}  // namespace paw::report
