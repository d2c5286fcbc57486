#include <fmt/format.h>

#include "host/text.h"
#include "report/parts.h"

namespace paw::report {

namespace {

using enum HtmlTable::Column;

std::string accuracy(const FileRow& f) {
  return f.top1 ? fmt::format("{}<span class=\"use\">of {}</span>", percent(*f.top1), f.images) : "";
}

std::string file_table(const FilesPart& files) {
  HtmlTable table("Files of the model",
                  {{"File", kText}, {"Size"}, {"Accuracy"}, {"Agreement"}, {"Largest difference"}, {"Time per photo"}},
                  true);
  for (const FileRow& f : files.files) {
    table.row({fmt::format("{}<span class=\"use\">{}{}</span>", escaped(f.file),
                           f.optimized() ? escaped(f.recipe) + ". " : "", escaped(f.use)),
               escaped(human_bytes(f.bytes)), accuracy(f), f.agreement ? percent(*f.agreement) : "",
               f.max_abs_diff ? fmt::format("{:.2g}", *f.max_abs_diff) : "", f.ms ? milliseconds(*f.ms) : ""});
  }
  return table.html();
}

std::string pareto(const FilesPart& files) {
  std::vector<FilePoint> points;
  for (const FileRow& f : files.files) {
    // Accuracy on other photos than the first file's is another number.
    if (f.images != files.files[0].images) continue;
    const std::size_t slash = f.file.rfind('/');
    const std::string name = slash == std::string::npos ? f.file : f.file.substr(slash + 1);
    if (f.top1) points.push_back({name, static_cast<double>(f.bytes), *f.top1});
  }
  if (points.size() < 2) return "";
  mark_best_of_size(points);
  std::string words = "Accuracy and size of the files:";
  for (const FilePoint& p : points) {
    words += fmt::format(" {} {:.1f} % at {:.2f} MB{};", p.name, p.accuracy * 100, p.bytes / 1e6,
                         p.best_of_its_size ? ", the best of its size" : "");
  }
  words.back() = '.';
  return "<div class=\"charts\">" + file_sizes_inline(points, "Accuracy", words) +
         "<p class=\"small\">Left is smaller, up is better. The line joins the files that no other beats in both. They "
         "are compared on one set of photos; a difference of one photo is a coin toss, not a verdict.</p></div>\n";
}

std::string kept_layers(const FilesPart& files) {
  if (files.kept.empty()) return "";
  HtmlTable table("Layers that were kept precise, and why", {{"Layer", kText}, {"File", kText}, {"Why", kText}}, true);
  for (const KeptLayer& k : files.kept) table.row({escaped(k.layer), escaped(k.file), escaped(k.why)});
  return "<h3>Kept precise</h3>\n<p>Fewer bits cost most where a layer's numbers differ much in size. These layers "
         "stay "
         "as they were.</p>\n" +
         table.html();
}

std::string tried_recipes(const FilesPart& files) {
  if (files.tried.empty()) return "";
  HtmlTable table("Recipes that were tried", {{"Recipe", kText}, {"Size"}, {"Drop"}, {"", kText}}, true);
  for (const Tried& t : files.tried) {
    const bool known = t.refused.empty();
    table.row(
        {escaped(t.recipe), known ? escaped(human_bytes(t.bytes)) : "", known ? percent(t.drop) : "",
         known ? (t.best_of_its_size ? "<span class=\"tag good\">best of its size</span>" : "") : escaped(t.refused)});
  }
  return fmt::format("<details><summary>All {} recipes that were tried</summary>\n{}</details>\n", files.tried.size(),
                     table.html());
}

}  // namespace

std::string files_part(const Page& page) {
  const FilesPart& files = page.files;
  std::string out;
  if (files.float_bytes > 0) {
    out += fmt::format(
        "<p>The model's weights take {} at four bytes each. Every file was opened again and asked the same "
        "photos as the trained model; one whose accuracy drops by more than {} is refused.</p>\n",
        human_bytes(files.float_bytes), percent(files.max_drop, 1));
  }
  if (files.files.size() <= 1) {
    out += missing_note(
        "The model was not exported yet; paw convert RUN/model.paw -o model.tflite makes a file for phones.");
  }
  out += file_table(files) + pareto(files);
  for (const std::string& why : files.refused) out += missing_note("Not made: " + why);
  return out + kept_layers(files) + tried_recipes(files);
}

}  // namespace paw::report
