// Line charts as SVG: a file of its own, readable on light and dark pages, without scripts or fonts of its own; or a
// part of a page.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace paw {

struct ChartLine {
  std::string name;            // in the legend and at the line's end
  std::vector<double> values;  // at x = 1, 2, ...; what is no number leaves a gap
  bool dashed = false;
};

struct LineChart {
  std::string title, x_name;
  std::vector<ChartLine> lines;     // at most six; colours in the order of Okabe & Ito's palette (2008)
  bool percent = false;             // values are shares: 0.98 is written 98 %
  std::optional<std::size_t> mark;  // an x that is marked
  std::string mark_name;
};

// Charts beside each other, with one accessible title and description. Width and height in pixels are fixed per chart.
std::string line_charts_svg(const std::vector<LineChart>& charts, const std::string& description);
// One chart as a part of a page, which styles it.
std::string line_chart_inline(const LineChart& chart, const std::string& description);

}  // namespace paw
