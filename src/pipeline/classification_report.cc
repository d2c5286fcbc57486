// How the quality of a classifier looks: lines and tables for people, JSON for programs.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "host/text.h"
#include "pipeline/classification.h"

namespace paw {

namespace {

using enum Table::Align;

constexpr std::size_t kMostRows = 20;     // of the table of classes
constexpr std::size_t kMostColumns = 12;  // of the confusion matrix; beyond it, the most frequent confusions
constexpr std::size_t kMostPairs = 10;

std::string cell(const std::string& label) { return std::string(clip(printable(label), 20)); }

std::string class_table(const ClassificationReport& report) {
  std::vector<const ClassReport*> rows;
  for (const ClassReport& c : report.classes) {
    if (c.images > 0 || report.classes.size() <= kMostRows) rows.push_back(&c);
  }
  std::string heading;
  if (rows.size() > kMostRows) {
    heading = fmt::format("the {} classes with the lowest F1, of {}:\n", kMostRows, rows.size());
    std::ranges::sort(rows, {}, [](const ClassReport* c) { return std::pair(c->f1, c); });
    rows.resize(kMostRows);
  }
  Table table({kLeft, kRight, kRight, kRight, kRight});
  table.header({"class", "photos", "precision", "recall", "F1"});
  for (const ClassReport* c : rows) {
    table.row({printable(c->label), std::to_string(c->images), fmt::format("{:.3f}", c->precision),
               fmt::format("{:.3f}", c->recall), fmt::format("{:.3f}", c->f1)});
  }
  return heading + table.text();
}

std::string confusion_table(const ClassificationReport& report) {
  const std::size_t classes = report.classes.size();
  Table table(std::vector<Table::Align>(classes + 1, kRight));
  std::vector<std::string> row = {"is \\ said"};
  for (const ClassReport& c : report.classes) row.push_back(cell(c.label));
  table.header(row);
  for (std::size_t is = 0; is < classes; ++is) {
    row = {cell(report.classes[is].label)};
    for (const std::int64_t count : report.confusion[is]) row.push_back(std::to_string(count));
    table.row(row);
  }
  return table.text();
}

std::string frequent_confusions(const ClassificationReport& report) {
  struct Pair {
    std::size_t is, said;
    std::int64_t count;
  };
  std::vector<Pair> pairs;
  for (std::size_t is = 0; is < report.confusion.size(); ++is) {
    for (std::size_t said = 0; said < report.confusion[is].size(); ++said) {
      const std::int64_t count = report.confusion[is][said];
      if (is != said && count > 0) pairs.push_back({is, said, count});
    }
  }
  std::ranges::sort(pairs, {}, [](const Pair& p) { return std::tuple(-p.count, p.is, p.said); });
  pairs.resize(std::min(pairs.size(), kMostPairs));
  std::string out;
  for (const Pair& p : pairs) {
    out += fmt::format("  {} said to be {}: {}\n", printable(report.classes[p.is].label),
                       printable(report.classes[p.said].label), p.count);
  }
  return out.empty() ? out : "most frequent confusions:\n" + out;
}

std::string not_sure_line(const NotSure& n) {
  if (n.threshold <= 0) return "";  // every answer is sure
  std::string out =
      fmt::format("not sure (best score below {:.3f}): {} of {}", n.threshold, n.images, n.images + n.rest_images);
  if (n.images > 0 && n.rest_images > 0) {
    out += fmt::format("; accuracy of the rest {:.1f} %",
                       100 * static_cast<double>(n.rest_right) / static_cast<double>(n.rest_images));
  }
  return out + "\n";
}

Json to_json(const NotSure& n) {
  Json out = {{"threshold", n.threshold}, {"images", n.images}, {"top1_of_rest", nullptr}};
  if (n.rest_images > 0) out["top1_of_rest"] = static_cast<double>(n.rest_right) / static_cast<double>(n.rest_images);
  return out;
}

}  // namespace

Json to_json(const ClassificationReport& report) {
  Json classes = Json::array();
  for (const ClassReport& c : report.classes) {
    classes.push_back(
        {{"label", c.label}, {"images", c.images}, {"precision", c.precision}, {"recall", c.recall}, {"f1", c.f1}});
  }
  Json out = {{"images", report.images}, {"top1", report.top1}, {"top1_interval", {report.low, report.high}},
              {"loss", report.loss},     {"classes", classes},  {"confusion", report.confusion},
              {"ece", report.ece}};
  if (report.not_sure) out["not_sure"] = to_json(*report.not_sure);
  return out;
}

std::string to_text(const ClassificationReport& report) {
  std::string out = fmt::format(
      "accuracy {:.1f} % ({} of {}; 95 % interval {:.1f} to {:.1f} %), loss {:.4f}, calibration error {:.3f}\n",
      report.top1 * 100, report.right, report.images, report.low * 100, report.high * 100, report.loss, report.ece);
  if (report.not_sure) out += not_sure_line(*report.not_sure);
  out += "\n" + class_table(report) + "\n";
  return out + (report.classes.size() <= kMostColumns ? confusion_table(report) : frequent_confusions(report));
}

}  // namespace paw
