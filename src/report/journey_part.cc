#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "report/parts.h"

namespace paw::report {

namespace {

using enum HtmlTable::Column;

constexpr std::size_t kMostLayers = 12;  // in the table of times
constexpr std::size_t kMostScores = 5;

std::string figures(const std::vector<Step>& steps) {
  std::string out;
  for (const Step& step : steps) {
    out += fmt::format("<li><figure>{}<figcaption><strong>{}</strong> {}</figcaption></figure></li>\n",
                       image(step.picture, "step"), escaped(step.title), escaped(step.text));
  }
  return out.empty() ? out : "<ol class=\"steps\">\n" + out + "</ol>\n";
}

std::string layer_maps(const JourneyPart& j) {
  if (j.maps.empty()) return "";
  std::string out =
      "<p>Early layers answer to edges and colours, later ones to parts; each small picture is one channel, yellow "
      "where it answers most.";
  if (j.answers.size() > 1 && std::ranges::any_of(j.maps, [](const LayerMaps& m) { return !m.small.empty(); })) {
    out += fmt::format(" Left as {} computes it, right as {} does.", escaped(j.answers[0].model),
                       escaped(j.answers[1].model));
  }
  out += "</p>\n<ol class=\"maps\">\n";
  for (const LayerMaps& maps : j.maps) {
    out += fmt::format(
        "<li><figure><div class=\"pair\">{}{}</div><figcaption><strong>{}</strong> {}</figcaption></figure></li>\n",
        image(maps.trained, "step"), image(maps.small, "step"), escaped(maps.title), escaped(maps.text));
  }
  return out + "</ol>\n";
}

// The layers that take longest, or, without times, the first ones.
std::string layer_times(const JourneyPart& j) {
  if (j.layers.empty()) return "";
  std::vector<std::size_t> order(j.layers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  double all = 0, most = 0;
  for (const LayerTime& layer : j.layers) all += layer.ms.value_or(0), most = std::max(most, layer.ms.value_or(0));
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(-j.layers[i].ms.value_or(0), i); });
  if (order.size() > kMostLayers) order.resize(kMostLayers);
  const std::string caption =
      all > 0 ? fmt::format("The slowest of {} layers; all take {}", j.layers.size(), milliseconds(all))
              : fmt::format("The first of {} layers", j.layers.size());
  HtmlTable table(caption, {{"Layer", kText}, {"Zeros"}, {"Time"}});
  for (const std::size_t i : order) {
    const LayerTime& layer = j.layers[i];
    std::string time;
    if (layer.ms) {
      time = fmt::format("{}<span class=\"meter\" style=\"--share:{:.3f}\"></span>", milliseconds(*layer.ms),
                         most > 0 ? *layer.ms / most : 0);
    }
    table.row({fmt::format("{}<span class=\"use\">{}, {}</span>", escaped(layer.name), escaped(layer.op),
                           escaped(layer.shape)),
               percent(layer.zeros, 0), time});
  }
  return table.html();
}

std::string scores(const JourneyPart& j) {
  if (j.answers.empty()) return "";
  std::vector<std::size_t> order(j.labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::vector<double>& first = j.answers[0].scores;
  std::ranges::sort(order, {}, [&](std::size_t i) { return std::pair(i < first.size() ? -first[i] : 0.0, i); });
  if (order.size() > kMostScores) order.resize(kMostScores);
  std::vector<HtmlTable::Heading> headings = {{"Class", kText}};
  for (const Answer& answer : j.answers) headings.push_back({escaped(answer.model)});
  HtmlTable table("The best scores", std::move(headings));
  for (const std::size_t i : order) {
    std::vector<std::string> cells = {escaped(j.labels[i])};
    for (const Answer& answer : j.answers) {
      const double score = i < answer.scores.size() ? answer.scores[i] : 0;
      cells.push_back(fmt::format("{:.4f}<span class=\"meter\" style=\"--share:{:.3f}\"></span>", score, score));
    }
    table.row(std::move(cells));
  }
  return table.html();
}

}  // namespace

std::string journey_part(const Page& page) {
  const JourneyPart& j = page.journey;
  if (j.photo.empty()) return missing_note(j.missing);
  std::string out =
      fmt::format("<p>What becomes of <span class=\"path\">{}</span>, a test photo of the class {}.</p>\n",
                  escaped(j.photo), escaped(j.label));
  out += "<h3>Before: preprocessing</h3>\n" + figures(j.steps);
  out += "<h3>Inside: inference</h3>\n" + layer_maps(j) + layer_times(j) + "<h3>After: the answer</h3>\n";
  if (!j.overlay.empty()) {
    out += fmt::format(
        "<figure class=\"overlay\">{}<figcaption>Where the model looked: the brighter, the more that place "
        "speaks for its answer (class activation map).</figcaption></figure>\n",
        image(j.overlay, "step"));
  }
  return out + scores(j);
}

}  // namespace paw::report
