#include "report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "report/html.h"
#include "report/plot.h"

namespace paw {

namespace {

constexpr std::array kColors = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"};

Axis value_axis(const LineChart& chart) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const ChartLine& line : chart.lines) {
    for (const double v : line.values) {
      if (!std::isfinite(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
  Axis axis = nice_axis(low, high);
  if (chart.percent) axis.high = std::min(axis.high, 1.0);
  return axis;
}

std::size_t longest(const LineChart& chart) {
  std::size_t count = 1;
  for (const ChartLine& line : chart.lines) count = std::max(count, line.values.size());
  return count;
}

// x = 1, 2, ... from side to side; the only one in the middle.
Axis count_axis(std::size_t count) {
  return count > 1 ? Axis{.low = 1, .high = static_cast<double>(count)} : Axis{.low = 0, .high = 2};
}

class ChartPainter {
 public:
  ChartPainter(const LineChart& chart, double left)
      : chart_(chart), count_(longest(chart)), plot_(left, count_axis(count_), value_axis(chart)) {}

  std::string paint() {
    plot_.title(chart_.title);
    legend();
    plot_.y_grid(chart_.percent);
    count_ticks();
    mark();
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) draw(chart_.lines[i], i);
    return plot_.take();
  }

 private:
  static constexpr double kBase = Plot::kHeight - Plot::kBottom;

  static std::string stroke(std::size_t i, bool dashed) {
    return fmt::format("class=\"s{}\" stroke=\"{}\" stroke-width=\"2.5\"{}", i % kColors.size(),
                       kColors[i % kColors.size()], dashed ? " stroke-dasharray=\"6 4\"" : "");
  }

  void legend() {
    double at = plot_.first();
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
      const ChartLine& entry = chart_.lines[i];
      plot_.add(fmt::format("<line {} x1=\"{:.1f}\" y1=\"38\" x2=\"{:.1f}\" y2=\"38\"/>\n", stroke(i, entry.dashed), at,
                            at + 22));
      plot_.text(at + 28, 42, "start", entry.name, "label");
      at += 48 + 7.2 * static_cast<double>(entry.name.size());
    }
  }

  void count_ticks() {
    const auto last = static_cast<double>(count_);
    const double step = std::max(1.0, nice_step(std::max(last - 1, 1.0), 8));
    plot_.text(plot_.x(1), kBase + 18, "middle", "1", "label");
    for (double i = step; i <= last; i += step) {
      if (i > 1) plot_.text(plot_.x(i), kBase + 18, "middle", fmt::format("{:.0f}", i), "label");
    }
    plot_.x_name(chart_.x_name);
  }

  void mark() {
    if (!chart_.mark) return;
    const double at = plot_.x(static_cast<double>(*chart_.mark));
    plot_.line("mark", at, Plot::kTop, at, kBase);
    const bool right = at < plot_.last() - 84;
    plot_.text(at + (right ? -4 : 4), Plot::kTop - 5, right ? "start" : "end", chart_.mark_name, "label");
  }

  void draw(const ChartLine& of, std::size_t i) {
    std::string path;
    bool pen = false;
    for (std::size_t at = 0; at < of.values.size(); ++at) {
      const double v = of.values[at];
      if (std::isfinite(v)) {
        path += fmt::format("{}{:.1f} {:.1f}", pen ? " L" : " M", plot_.x(static_cast<double>(at + 1)), plot_.y(v));
      }
      pen = std::isfinite(v);
    }
    plot_.add(fmt::format("<path fill=\"none\" {} stroke-linejoin=\"round\" stroke-linecap=\"round\" d=\"{}\"/>\n",
                          stroke(i, of.dashed), path.empty() ? path : path.substr(1)));
    if (of.values.size() == 1 && pen) {
      plot_.add(fmt::format("<circle {} fill=\"none\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>\n", stroke(i, false),
                            plot_.x(1), plot_.y(of.values[0])));
    }
  }

  const LineChart& chart_;
  std::size_t count_;
  Plot plot_;
};

constexpr const char* kStyle =
    "<style>\n"
    "text { font: 12px system-ui, sans-serif; fill: #444 }\n"
    ".title { font-size: 15px; font-weight: 600; fill: #111 }\n"
    ".grid { stroke: #ddd } .mark { stroke: #888; stroke-dasharray: 2 3 }\n"
    ".page { fill: #fff }\n"
    "@media (prefers-color-scheme: dark) { text { fill: #bbb } .title { fill: #eee } .grid { stroke: #444 } "
    ".page { fill: #181818 } }\n"
    "</style>\n";

}  // namespace

std::string line_charts_svg(const std::vector<LineChart>& charts, const std::string& description) {
  const double width = Plot::kWidth * static_cast<double>(charts.size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">{2}</title>\n<desc id=\"d\">{3}</desc>\n{4}"
      "<rect class=\"page\" width=\"{0:.0f}\" height=\"{1:.0f}\"/>\n",
      width, Plot::kHeight, charts.empty() ? "" : escaped(charts[0].title), escaped(description), kStyle);
  for (std::size_t i = 0; i < charts.size(); ++i)
    svg += ChartPainter(charts[i], Plot::kWidth * static_cast<double>(i)).paint();
  return svg + "</svg>\n";
}

std::string line_chart_inline(const LineChart& chart, const std::string& description) {
  return inline_svg(ChartPainter(chart, 0).paint(), description);
}

}  // namespace paw
