#include "report/line_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace paw {

namespace {

constexpr double kWidth = 480, kHeight = 300;
constexpr double kLeft = 56, kRight = 16, kTop = 56, kBottom = 44;
constexpr std::array kColors = {"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

// 1, 2 or 5 times a power of ten: about `count` of them fit into `span`.
double nice_step(double span, int count) {
  const double raw = span / count, power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power * 1.0001) return factor * power;
  }
  return 10 * power;
}

struct Axis {
  double low = 0, high = 1, step = 0.2;
};

Axis value_axis(const LineChart& chart) {
  double low = HUGE_VAL, high = -HUGE_VAL;
  for (const ChartLine& line : chart.lines) {
    for (const double v : line.values) {
      if (!std::isfinite(v)) continue;
      low = std::min(low, v);
      high = std::max(high, v);
    }
  }
  if (low > high) return {};
  if (high - low < 1e-9) {
    low -= 0.5 * std::max(std::abs(low), 0.1);
    high += 0.5 * std::max(std::abs(high), 0.1);
  }
  Axis axis{.step = nice_step(high - low, 5)};
  axis.low = std::floor(low / axis.step + 1e-9) * axis.step;
  axis.high = std::ceil(high / axis.step - 1e-9) * axis.step;
  if (chart.percent) axis.high = std::min(axis.high, 1.0);
  return axis;
}

class ChartPainter {
 public:
  ChartPainter(const LineChart& chart, double left) : chart_(chart), left_(left), y_(value_axis(chart)) {
    for (const ChartLine& line : chart.lines) count_ = std::max(count_, line.values.size());
  }

  std::string paint() {
    text(left_ + kLeft, 22, "start", chart_.title, "title");
    legend();
    value_grid();
    epoch_axis();
    mark();
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) draw(chart_.lines[i], kColors[i % kColors.size()]);
    return std::move(out_);
  }

 private:
  double x(double i) const {
    const double share = count_ > 1 ? (i - 1) / static_cast<double>(count_ - 1) : 0.5;
    return left_ + kLeft + share * (kWidth - kLeft - kRight);
  }
  double y(double v) const {
    return kHeight - kBottom - (v - y_.low) / (y_.high - y_.low) * (kHeight - kTop - kBottom);
  }

  void text(double at_x, double at_y, const char* anchor, const std::string& what, const char* kind) {
    out_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", kind, at_x, at_y,
                        anchor, escaped(what));
  }
  void line(const char* kind, double x1, double y1, double x2, double y2) {
    out_ += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", kind, x1, y1,
                        x2, y2);
  }

  void legend() {
    double at = left_ + kLeft;
    for (std::size_t i = 0; i < chart_.lines.size(); ++i) {
      const ChartLine& entry = chart_.lines[i];
      out_ +=
          fmt::format("<line stroke=\"{}\" stroke-width=\"2.5\"{} x1=\"{:.1f}\" y1=\"38\" x2=\"{:.1f}\" y2=\"38\"/>\n",
                      kColors[i % kColors.size()], entry.dashed ? " stroke-dasharray=\"6 4\"" : "", at, at + 22);
      text(at + 28, 42, "start", entry.name, "label");
      at += 48 + 7.2 * static_cast<double>(entry.name.size());
    }
  }

  void value_grid() {
    const int digits =
        std::max(0, static_cast<int>(-std::floor(std::log10(chart_.percent ? y_.step * 100 : y_.step) + 1e-9)));
    for (double v = y_.low; v <= y_.high + y_.step * 0.01; v += y_.step) {
      line("grid", left_ + kLeft, y(v), left_ + kWidth - kRight, y(v));
      const double shown = std::abs(v) < y_.step * 1e-6 ? 0 : v;
      text(left_ + kLeft - 8, y(v) + 4, "end",
           chart_.percent ? fmt::format("{:.{}f} %", shown * 100, digits) : fmt::format("{:.{}f}", shown, digits),
           "label");
    }
  }

  void epoch_axis() {
    const auto last = static_cast<double>(count_);
    const double step = std::max(1.0, nice_step(std::max(last - 1, 1.0), 8));
    text(x(1), kHeight - kBottom + 18, "middle", "1", "label");
    for (double i = step; i <= last; i += step) {
      if (i > 1) text(x(i), kHeight - kBottom + 18, "middle", fmt::format("{:.0f}", i), "label");
    }
    text(left_ + (kLeft + kWidth - kRight) / 2, kHeight - 8, "middle", chart_.x_name, "label");
  }

  void mark() {
    if (!chart_.mark) return;
    const double at = x(static_cast<double>(*chart_.mark));
    line("mark", at, kTop, at, kHeight - kBottom);
    const bool right = at < left_ + kWidth - 100;
    text(at + (right ? -4 : 4), kTop - 5, right ? "start" : "end", chart_.mark_name, "label");
  }

  void draw(const ChartLine& of, const char* color) {
    std::string path;
    bool pen = false;
    for (std::size_t i = 0; i < of.values.size(); ++i) {
      const double v = of.values[i];
      if (std::isfinite(v))
        path += fmt::format("{}{:.1f} {:.1f}", pen ? " L" : " M", x(static_cast<double>(i + 1)), y(v));
      pen = std::isfinite(v);
    }
    out_ += fmt::format(
        "<path fill=\"none\" stroke=\"{}\" stroke-width=\"2.5\" stroke-linejoin=\"round\" stroke-linecap=\"round\"{} "
        "d=\"{}\"/>\n",
        color, of.dashed ? " stroke-dasharray=\"6 4\"" : "", path.empty() ? path : path.substr(1));
    if (of.values.size() == 1 && pen) {
      out_ += fmt::format("<circle fill=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"4\"/>\n", color, x(1), y(of.values[0]));
    }
  }

  const LineChart& chart_;
  double left_;
  Axis y_;
  std::size_t count_ = 1;
  std::string out_;
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
  const double width = kWidth * static_cast<double>(charts.size());
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
      "role=\"img\" aria-labelledby=\"t d\">\n<title id=\"t\">{2}</title>\n<desc id=\"d\">{3}</desc>\n{4}"
      "<rect class=\"page\" width=\"{0:.0f}\" height=\"{1:.0f}\"/>\n",
      width, kHeight, charts.empty() ? "" : escaped(charts[0].title), escaped(description), kStyle);
  for (std::size_t i = 0; i < charts.size(); ++i)
    svg += ChartPainter(charts[i], kWidth * static_cast<double>(i)).paint();
  return svg + "</svg>\n";
}

}  // namespace paw
