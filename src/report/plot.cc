#include "report/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "report/html.h"

namespace paw {

double nice_step(double span, int count) {
  const double raw = span / count, power = std::pow(10, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power * 1.0001) return factor * power;
  }
  return 10 * power;
}

Axis nice_axis(double low, double high, int count) {
  if (low > high) return {};
  if (high - low < 1e-9) {
    low -= 0.5 * std::max(std::abs(low), 0.1);
    high += 0.5 * std::max(std::abs(high), 0.1);
  }
  Axis axis{.step = nice_step(high - low, count)};
  axis.low = std::floor(low / axis.step + 1e-9) * axis.step;
  axis.high = std::ceil(high / axis.step - 1e-9) * axis.step;
  return axis;
}

double Plot::x(double value) const {
  return first() + (value - x_.low) / (x_.high - x_.low) * (kWidth - kLeft - kRight);
}

double Plot::y(double value) const {
  return kHeight - kBottom - (value - y_.low) / (y_.high - y_.low) * (kHeight - kTop - kBottom);
}

void Plot::text(double at_x, double at_y, const char* anchor, const std::string& what, const char* kind) {
  svg_ += fmt::format("<text class=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", kind, at_x, at_y,
                      anchor, escaped(what));
}

void Plot::line(const char* kind, double x1, double y1, double x2, double y2) {
  svg_ += fmt::format("<line class=\"{}\" x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\"/>\n", kind, x1, y1,
                      x2, y2);
}

void Plot::x_name(const std::string& what) { text((first() + last()) / 2, kHeight - 8, "middle", what, "label"); }

void Plot::y_grid(bool percent) {
  for (double v = y_.low; v <= y_.high + y_.step * 0.01; v += y_.step) {
    line("grid", first(), y(v), last(), y(v));
    text(first() - 8, y(v) + 4, "end", tick(v, y_.step, percent), "label");
  }
}

std::string tick(double value, double step, bool percent) {
  const double factor = percent ? 100 : 1;
  const int digits = std::max(0, static_cast<int>(-std::floor(std::log10(step * factor) + 1e-9)));
  const double shown = std::abs(value) < step * 1e-6 ? 0 : value;
  return fmt::format("{:.{}f}{}", shown * factor, digits, percent ? " %" : "");
}

std::string inline_svg(const std::string& chart, const std::string& label) {
  return fmt::format("<svg class=\"chart\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n{}</svg>\n",
                     Plot::kWidth, Plot::kHeight, escaped(label), chart);
}

}  // namespace paw
