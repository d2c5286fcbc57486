#include "pipeline/train_curves.h"

#include <fmt/format.h>

#include "report/line_chart.h"

namespace paw {

std::string curves_svg(const TrainHistory& history) {
  const auto line = [&](const char* name, double EpochRow::* value, bool dashed) {
    ChartLine chart{.name = name, .values = {}, .dashed = dashed};
    for (const EpochRow& row : history.rows) chart.values.push_back(row.*value);
    return chart;
  };
  const auto chart = [&](const char* title, double EpochRow::* seen, double EpochRow::* unseen, bool percent) {
    LineChart c{.title = title,
                .x_name = "epoch",
                .lines = {line("training", seen, true), line("validation", unseen, false)},
                .percent = percent,
                .mark = {},
                .mark_name = "best"};
    if (history.best.epoch > 0) c.mark = static_cast<std::size_t>(history.best.epoch);
    return c;
  };
  std::string description = "no epoch";
  if (!history.rows.empty()) {
    const EpochRow& last = history.rows.back();
    description =
        fmt::format("{} epochs; at the end training loss {:.4f}, validation loss {:.4f}, validation accuracy {:.1f} %",
                    history.rows.size(), last.loss, last.val_loss, last.val_accuracy * 100);
  }
  return line_charts_svg({chart("Loss", &EpochRow::loss, &EpochRow::val_loss, false),
                          chart("Accuracy", &EpochRow::accuracy, &EpochRow::val_accuracy, true)},
                         description);
}

}  // namespace paw
