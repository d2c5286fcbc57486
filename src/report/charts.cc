#include "report/charts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

#include "report/plot.h"

namespace paw {

namespace {

constexpr double kBottomLine = Plot::kHeight - Plot::kBottom;

void number_ticks(Plot& plot, const Axis& axis, bool percent) {
  for (double v = axis.low; v <= axis.high + axis.step * 0.01; v += axis.step) {
    plot.text(plot.x(v), kBottomLine + 18, "middle", tick(v, axis.step, percent), "label");
  }
}

// Names stand right of their points, or left where there is no room; below them, so that no point is covered; one that
// would cover another goes further down.
class PointNames {
 public:
  void add(Plot& plot, double x, double y, const std::string& name) {
    const bool right = x < plot.last() - 7.0 * static_cast<double>(name.size()) - 12;
    double at = y + 19;
    while (std::ranges::any_of(taken_, [&](double other) { return std::abs(other - at) < 14; })) at += 14;
    taken_.push_back(at);
    plot.text(right ? x + 10 : x - 10, at, right ? "start" : "end", name, "label");
  }

 private:
  std::vector<double> taken_;
};

}  // namespace

std::string reliability_inline(const std::vector<ScoreBin>& bins, const std::string& description) {
  const Axis axis{.low = 0, .high = 1, .step = 0.2};
  Plot plot(0, axis, axis);
  plot.title("Right answers over score");
  plot.y_grid(true);
  number_ticks(plot, axis, true);
  plot.x_name("score of the answer");
  const double width = 1.0 / static_cast<double>(std::max<std::size_t>(bins.size(), 1));
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (bins[i].count == 0) continue;
    const double left = plot.x(static_cast<double>(i) * width), right = plot.x(static_cast<double>(i + 1) * width);
    const double top = std::min(plot.y(bins[i].accuracy), kBottomLine - 2);
    plot.add(fmt::format("<rect class=\"bar\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\"/>\n",
                         left + 1, top, right - left - 2, kBottomLine - top));
    plot.text((left + right) / 2, top - 5, "middle", std::to_string(bins[i].count), "label");
  }
  plot.line("honest", plot.x(0), plot.y(0), plot.x(1), plot.y(1));
  return inline_svg(plot.take(), description);
}

void mark_best_of_size(std::vector<FilePoint>& files) {
  for (FilePoint& file : files) {
    file.best_of_its_size = std::ranges::none_of(files, [&](const FilePoint& other) {
      return other.bytes <= file.bytes && other.accuracy >= file.accuracy &&
             (other.bytes < file.bytes || other.accuracy > file.accuracy);
    });
  }
}

std::string file_sizes_inline(const std::vector<FilePoint>& files, const std::string& y_name,
                              const std::string& description) {
  double largest = 0, low = 1, high = 0;
  for (const FilePoint& file : files) {
    largest = std::max(largest, file.bytes / 1e6);
    low = std::min(low, file.accuracy);
    high = std::max(high, file.accuracy);
  }
  // Differences that photos in the hundreds can show, not more.
  if (high - low < 0.02) low = high - 0.02;
  const Axis x = nice_axis(0, std::max(largest * 1.05, 1e-3));
  Axis y = nice_axis(std::max(0.0, low - 0.005), high);
  Plot plot(0, x, y);
  plot.title(y_name + " over size");
  plot.y_grid(true);
  number_ticks(plot, x, false);
  plot.x_name("MB");
  std::vector<FilePoint> sorted = files;
  std::ranges::sort(sorted, {}, [](const FilePoint& f) { return std::tuple(f.bytes, -f.accuracy, f.name); });
  std::string front;
  for (const FilePoint& f : sorted) {
    if (f.best_of_its_size) {
      front += fmt::format("{}{:.1f} {:.1f}", front.empty() ? "M" : " L", plot.x(f.bytes / 1e6), plot.y(f.accuracy));
    }
  }
  plot.add(fmt::format("<path class=\"front\" fill=\"none\" d=\"{}\"/>\n", front));
  PointNames names;
  for (const FilePoint& f : sorted) {
    const double at_x = plot.x(f.bytes / 1e6), at_y = plot.y(f.accuracy);
    plot.add(fmt::format("<circle class=\"{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"6\"/>\n",
                         f.best_of_its_size ? "point best" : "point", at_x, at_y));
    names.add(plot, at_x, at_y, f.name);
  }
  return inline_svg(plot.take(), description);
}

}  // namespace paw
