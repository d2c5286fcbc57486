// How a run looks in a terminal, out of its record: so it looks the same whether a stage was done now or before.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/text.h"
#include "pipeline/run.h"

namespace paw {

namespace {

using Align = Table::Align;

constexpr std::size_t kLayersShown = 4;  // of a trace, at its beginning and at its end

// Measured times are null where the run is reproducible.
std::string number(const Json& json, const char* key, int digits, double times = 1) {
  const bool there = json.is_object() && json.contains(key) && json[key].is_number();
  return there ? fmt::format("{:.{}f}", json[key].get<double>() * times, digits) : "";
}

std::string text(const Json& json, const char* key) {
  return json.is_object() && json.contains(key) && json[key].is_string() ? printable(json[key].get<std::string>()) : "";
}

std::string bytes(const Json& json, const char* key) {
  return json.contains(key) && json[key].is_number() ? human_bytes(json[key].get<std::uint64_t>()) : "";
}

Table table(std::vector<std::string> header, std::size_t left) {
  std::vector<Align> columns(header.size(), Align::kRight);
  std::fill_n(columns.begin(), left, Align::kLeft);
  Table out(std::move(columns));
  out.header(std::move(header));
  return out;
}

std::string headline(int stage, std::string_view title, const Json& record) {
  const std::string seconds = number(record, "seconds", 1);
  return fmt::format("\n{} {}{}\n", stage, title, seconds.empty() ? "" : fmt::format(" ({} s)", seconds));
}

std::string epochs(const Json& rows) {
  Table out = table({"epoch", "loss", "accuracy", "val loss", "val accuracy", "photos/s"}, 0);
  for (const Json& row : rows) {
    out.row({number(row, "epoch", 0), number(row, "loss", 4), number(row, "accuracy", 1, 100) + " %",
             number(row, "val_loss", 4), number(row, "val_accuracy", 1, 100) + " %", number(row, "images_per_s", 0)});
  }
  return out.text();
}

std::string ways(const Json& rows) {
  Table out = table({"way", "epochs", "best", "val accuracy", "test accuracy", "seconds"}, 1);
  for (const Json& row : rows) {
    out.row({text(row, "way"), number(row, "epochs", 0), number(row, "best_epoch", 0),
             number(row, "val_accuracy", 1, 100) + " %", number(row, "test_accuracy", 1, 100) + " %",
             number(row, "seconds", 1)});
  }
  return out.text();
}

std::string training(const Json& record) {
  const Json& r = record["result"];
  const Json& photos = r["photos"];
  std::string out = headline(1, "check and train", record);
  out += fmt::format("photos {} ({} for training, {} for validation, {} for the test; {} files left out)\n",
                     fmt::join(r["shape"].get<std::vector<std::int64_t>>(), " x "), photos["train"].dump(),
                     photos["val"].dump(), photos["test"].dump(), photos["left_out"].dump());
  out += fmt::format("classes {}; {}\n",
                     printable(fmt::format("{}", fmt::join(r["labels"].get<std::vector<std::string>>(), ", "))),
                     text(r, "way"));
  out += epochs(r["epochs"]);
  out += fmt::format("best epoch {}; test accuracy {} on {} photos\n", r["best_epoch"].dump(),
                     number(r["test"], "top1", 4), r["test"]["images"].dump());
  return r.contains("ways") ? out + "the same photos in two ways:\n" + ways(r["ways"]) : out;
}

// A row per file; `stages` whose results have files.
std::string files(const Json& stages) {
  Table out = table({"file", "recipe", "size", "zipped", "same answers", "accuracy", "drop", "ms"}, 2);
  for (const char* name : {"tflite", "coreml", "optimize"}) {
    for (const Json& f : stages[name]["result"]["files"]) {
      const Json& v = f["verified"];
      out.row({text(f, "file"), text(f, "recipe"), bytes(f, "bytes"), bytes(f, "zipped_bytes"),
               number(v, "agreement", 2, 100) + " %", number(v, "top1_after", 4), number(v, "drop", 4),
               number(f, "ms", 2)});
    }
  }
  return out.text();
}

std::string tried(const Json& stage) {
  std::string out;
  for (const Json& file : stage["result"]["files"]) {
    Table rows = table({"tried", "size", "drop", "same answers", ""}, 1);
    for (const Json& t : file["tried"]) {
      if (t.contains("refused")) continue;
      const bool taken = text(t, "recipe") == text(file, "recipe"), pareto = t.value("pareto", false);
      rows.row({text(t, "recipe"), bytes(t, "bytes"), number(t, "drop", 4), number(t, "agreement", 2, 100) + " %",
                fmt::format("{}{}", pareto ? "*" : "", taken ? " taken" : "")});
    }
    out += rows.text() + "* none is both smaller and closer\n";
    for (const Json& layer : file["layers"]) {
      if (!text(layer, "kept_float").empty()) {
        out += fmt::format("kept in float32: {}, {}\n", text(layer, "name"), text(layer, "kept_float"));
      }
    }
  }
  for (const Json& why : stage["result"]["refused"]) out += printable(why.get<std::string>()) + "\n";
  return out;
}

std::string apps(const std::string& run, const Json& record) {
  std::string out = headline(5, "apps", record), next;
  for (const Json& p : record["result"]["projects"]) {
    out += fmt::format("{}: {}/{}, {} files, {}\n", text(p, "platform"), printable(run), text(p, "folder"),
                       p["files"].dump(), bytes(p, "bytes"));
    // It ends in the project's folder, as the run has it.
    const std::string folder = text(p, "folder");
    std::string what = text(p, "next");
    if (what.ends_with(folder)) what.insert(what.size() - folder.size(), printable(run) + "/");
    next += what + "\n";
  }
  return out + next;
}

std::string layers(const Json& trace) {
  Table out = table({"layer", "op", "shape", "min", "max", "mean", "ms"}, 3);
  const Json& all = trace["layers"];
  const bool cut = all.size() > 2 * kLayersShown;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (cut && i == kLayersShown) {
      out.row({fmt::format("... {} more", all.size() - 2 * kLayersShown)});
      i = all.size() - kLayersShown;
    }
    const Json& l = all[i];
    out.row({text(l, "name"), text(l, "op"), text(l, "shape"), number(l, "min", 3), number(l, "max", 3),
             number(l, "mean", 3), number(l, "ms", 3)});
  }
  return out.text();
}

std::string journey(const Json& trace) {
  std::string out = fmt::format("\n{} through model.paw\n1 preprocess\n", text(trace, "path"));
  for (const Json& line : trace["preprocess"]) out += "  " + printable(line.get<std::string>()) + "\n";
  out += "2 inference\n" + layers(trace) + "3 post-process\n";
  for (const Json& line : trace["postprocess"]) out += "  " + printable(line.get<std::string>()) + "\n";
  return out;
}

// "cat/0001.png: cat 0.98", and what other files say when it is something else.
std::string predictions(const Json& images) {
  std::string out;
  for (const Json& image : images) {
    const Json& ours = image["files"]["model.paw"];
    out += fmt::format("{}: {}{} {}", text(image, "path"),
                       ours["sure"] == true ? "" : "not sure: ", text(ours, "label"), number(ours, "score", 2));
    for (const auto& [file, answer] : image["files"].items()) {
      if (answer["label"] == ours["label"]) continue;
      out += fmt::format("; {} says {} {}", printable(file), text(answer, "label"), number(answer, "score", 2));
    }
    out += "\n";
  }
  return out;
}

std::string parity_table(const Json& rows) {
  Table out = table({"file", "engine", "photos", "same answers", "largest difference", ""}, 2);
  std::string missing;
  for (const Json& row : rows) {
    if (row["agreement"].is_null()) {
      missing += fmt::format("{} with {}: {}\n", text(row, "file"), text(row, "engine"), text(row, "note"));
      continue;
    }
    out.row({text(row, "file"), text(row, "engine"), row["images"].dump(), number(row, "agreement", 2, 100) + " %",
             fmt::format("{:.2g}", row["max_abs_diff"].get<double>()), text(row, "note")});
  }
  return out.text() + missing;
}

}  // namespace

std::string to_text(const RunPhotosResult& result) {
  const Json& stages = (*result.record)["stages"];
  std::string out = training(stages["train"]);
  out += headline(2, "a .tflite file", stages["tflite"]) + headline(3, ".mlmodel and .mlpackage", stages["coreml"]) +
         headline(4, "smaller files", stages["optimize"]);
  out += tried(stages["optimize"]) + "\n" + files(stages);
  out += apps(result.run, stages["apps"]);
  const Json& predicted = stages["predict"];
  out += headline(6, "predictions of photos that were held out", predicted);
  out += predictions(predicted["result"]["images"]) + journey(predicted["result"]["trace"]);
  out += "\n" + parity_table(predicted["result"]["parity"]);
  return out + fmt::format("\nall of it to look at: {}\n", printable(result.report));
}

}  // namespace paw
