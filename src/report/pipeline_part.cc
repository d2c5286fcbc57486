#include <fmt/format.h>

#include "report/parts.h"

namespace paw::report {

std::string missing_note(const std::string& why) {
  return why.empty() ? "" : fmt::format("<p class=\"missing\">{}</p>\n", escaped(why));
}

std::string pipeline_part(const Page& page) {
  std::string out =
      "<p>Six stages lead from photos to an answer in an app. Each reads what the ones before it wrote, and what it "
      "writes is read back and compared before it counts.</p>\n<ol class=\"stages\">\n";
  for (std::size_t i = 0; i < page.stages.size(); ++i) {
    const Stage& stage = page.stages[i];
    out += fmt::format(
        "<li class=\"{}\"><span class=\"number\" aria-hidden=\"true\">{}</span><h3>{}</h3><p class=\"from\">{}</p>",
        stage.done ? "done" : "open", i + 1, escaped(stage.name), escaped(stage.made_of));
    if (stage.done && !stage.lines.empty()) {
      out += "<ul>";
      for (const std::string& line : stage.lines) out += fmt::format("<li>{}</li>", escaped(line));
      out += "</ul>";
    }
    if (!stage.done) out += missing_note(stage.missing);
    // The line stays without its time, so that pages with and without measured times are laid out alike.
    if (stage.done) out += fmt::format("<p class=\"time\">{}</p>", stage.seconds ? seconds(*stage.seconds) : "&nbsp;");
    out += "</li>\n";
  }
  return out + "</ol>\n";
}

}  // namespace paw::report
