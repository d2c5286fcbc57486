#include "report/page.h"

#include <fmt/format.h>

#include <algorithm>

#include "host/text.h"
#include "report/parts.h"

namespace paw::report {

namespace {

struct Part {
  const char *id, *title;
  std::string (*html)(const Page&);
};

constexpr Part kParts[] = {
    {"pipeline", "The pipeline", pipeline_part},
    {"data", "The photos", data_part},
    {"training", "Training", training_part},
    {"quality", "How good it is", quality_part},
    {"files", "Files", files_part},
    {"journey", "One photo's journey", journey_part},
    {"apps", "Apps", apps_part},
    {"learn", "Words and questions", learn_part},
};

std::string figure(const std::string& number, const std::string& meaning) {
  return fmt::format("<li><strong>{}</strong> {}</li>\n", number, meaning);
}

// The numbers that people ask for first.
std::string headline(const Page& page) {
  std::string out = "<ul class=\"headline\">\n";
  if (page.quality.images > 0) {
    out += figure(percent(page.quality.top1), fmt::format("right on {}", counted(page.quality.images, "unseen photo")));
  }
  const FileRow* small = nullptr;
  for (const FileRow& file : page.files.files) {
    if (small == nullptr || file.bytes < small->bytes) small = &file;
  }
  if (small != nullptr) {
    const std::string name = small->file.substr(small->file.rfind('/') + 1);
    out += figure(escaped(human_bytes(small->bytes)), fmt::format("smallest file, {}", escaped(name)));
  }
  const auto timed =
      std::ranges::min_element(page.files.files, {}, [](const FileRow& f) { return f.ms.value_or(1e9); });
  if (timed != page.files.files.end() && timed->ms)
    out += figure(milliseconds(*timed->ms), "per photo on this computer");
  if (!page.shape.empty()) out += figure(escaped(page.shape), "photos, height, width, colours");
  return out + "</ul>\n";
}

std::string contents() {
  std::string out = "<nav aria-label=\"Contents\"><ol>\n";
  for (const Part& part : kParts) out += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", part.id, part.title);
  return out + "</ol></nav>\n";
}

}  // namespace

std::string render(const Page& page) {
  // What the page may load is said to the browser too: pictures within it, and nothing else.
  std::string out = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src "
      "'unsafe-inline'\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{0}: Pawprint report</title>\n<style>{1}</style>\n</head>\n<body>\n"
      "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
      "<header><p class=\"kind\">Pawprint report</p><h1>{0}</h1>\n",
      escaped(page.title), kStyleSheet);
  out += headline(page) + contents() + "</header>\n<main id=\"main\">\n";
  for (std::size_t i = 0; i < std::size(kParts); ++i) {
    const Part& part = kParts[i];
    out += fmt::format(
        "<section id=\"{0}\" aria-labelledby=\"{0}-title\"><h2 id=\"{0}-title\"><span>{1}</span> "
        "{2}</h2>\n{3}</section>\n",
        part.id, i + 1, part.title, part.html(page));
  }
  return out + fmt::format(
                   "</main>\n<footer><p>Made by paw {}, from this run alone. Nothing on this page was loaded from "
                   "anywhere.</p></footer>\n</body>\n</html>\n",
                   escaped(page.version));
}

}  // namespace paw::report
