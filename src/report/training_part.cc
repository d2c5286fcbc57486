#include <fmt/format.h>

#include <algorithm>

#include "report/epoch_notes.h"
#include "report/line_chart.h"
#include "report/parts.h"

namespace paw::report {

namespace {

using enum HtmlTable::Column;

LineChart curves(const TrainingPart& training, const char* title, double Epoch::* seen, double Epoch::* unseen,
                 bool share) {
  LineChart chart{.title = title,
                  .x_name = "epoch",
                  .lines = {{"training", {}, true}, {"validation", {}, false}},
                  .percent = share,
                  .mark = {},
                  .mark_name = "kept"};
  for (const Epoch& epoch : training.epochs) {
    chart.lines[0].values.push_back(epoch.*seen);
    chart.lines[1].values.push_back(epoch.*unseen);
  }
  for (std::size_t i = 0; i < training.epochs.size(); ++i) {
    if (training.epochs[i].epoch == training.best_epoch) chart.mark = i + 1;
  }
  return chart;
}

std::string epoch_table(const TrainingPart& training) {
  HtmlTable table("Every epoch",
                  {{"Epoch", kText}, {"Loss"}, {"Right"}, {"Val. loss"}, {"Val. right"}, {"Photos / s"}});
  for (const Epoch& e : training.epochs) {
    const bool best = e.epoch == training.best_epoch;
    table.row({fmt::format("{}{}", e.epoch, best ? " <span class=\"tag good\">kept</span>" : ""),
               fmt::format("{:.3f}", e.loss), percent(e.accuracy), fmt::format("{:.3f}", e.val_loss),
               percent(e.val_accuracy), e.images_per_s ? fmt::format("{:.0f}", *e.images_per_s) : ""},
              best ? "best" : "");
  }
  return table.html();
}

std::string notes(const TrainingPart& training) {
  std::string out;
  for (const EpochNote& note : epoch_notes(training)) {
    out += fmt::format("<li><strong>Epoch {}.</strong> {}</li>\n", note.epoch, escaped(note.text));
  }
  return out.empty() ? out : "<ul class=\"notes\">\n" + out + "</ul>\n";
}

std::string ways(const TrainingPart& training) {
  if (training.ways.empty()) return "";
  HtmlTable table("The same photos, trained in two ways",
                  {{"Way", kText}, {"Epochs"}, {"Val. right"}, {"Test right"}, {"Time"}});
  for (const Way& way : training.ways) {
    table.row({escaped(way.name), std::to_string(way.epochs), percent(way.val_accuracy), percent(way.test_accuracy),
               way.seconds ? seconds(*way.seconds) : ""});
  }
  return "<h3>Beside it: transfer</h3>\n<p>A pretrained net has seen a million photos of other things; only its last "
         "layer is learned here. Starting from nothing shows all of training; for photos of your own, transfer is the "
         "way to begin.</p>\n" +
         table.html();
}

std::string settings(const TrainingPart& training) {
  if (training.settings.empty()) return "";
  std::string out = "<details><summary>All settings</summary><dl class=\"pairs\">\n";
  for (const auto& [name, value] : training.settings) {
    out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(name), escaped(value));
  }
  return out + "</dl></details>\n";
}

}  // namespace

std::string training_part(const Page& page) {
  const TrainingPart& training = page.training;
  if (training.epochs.empty())
    return missing_note("No epoch has ended yet; go on with: paw train PHOTOS -o RUN --resume");
  const Epoch& last = training.epochs.back();
  std::string out = fmt::format("<p>Trained in {1}: {0}. One epoch is one pass over all training photos.</p>\n",
                                escaped(training.way), counted(std::ssize(training.epochs), "epoch"));
  out += "<div class=\"charts\">\n" +
         line_chart_inline(curves(training, "Loss", &Epoch::loss, &Epoch::val_loss, false),
                           fmt::format("Loss over {} epochs; at the end {:.4f} in training and {:.4f} in validation",
                                       training.epochs.size(), last.loss, last.val_loss)) +
         line_chart_inline(curves(training, "Right answers", &Epoch::accuracy, &Epoch::val_accuracy, true),
                           fmt::format("Accuracy over {} epochs; at the end {:.1f} % in training and {:.1f} % in "
                                       "validation",
                                       training.epochs.size(), last.accuracy * 100, last.val_accuracy * 100)) +
         "</div>\n";
  return out + "<h3>What happened</h3>\n" + notes(training) + epoch_table(training) + ways(training) +
         settings(training);
}

}  // namespace paw::report
