// The files made from a run's model, out of run.json and exports/NAME.json.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "host/file.h"
#include "host/text.h"
#include "ir/graph.h"
#include "pipeline/model_files.h"
#include "pipeline/report_parts.h"

namespace paw {

namespace {

namespace fs = std::filesystem;

const char* where_it_runs(std::string_view file) {
  if (file.ends_with(".tflite")) return "Android and everywhere LiteRT runs";
  if (file.ends_with(".mlmodel")) return "iPhones, with Core ML, older ones too";
  if (file.ends_with(".mlpackage")) return "iPhones, with Core ML";
  if (file.ends_with(".plan")) return "our own engine, in browsers and C++";
  return "this program";
}

// Every export's figures by its path in the run: of the record's stages or, where there are none, beside the files.
std::map<std::string, Json> figures_of(const RunRecord& run) {
  std::map<std::string, Json> out;
  for (const char* stage : {"tflite", "coreml", "optimize"}) {
    for (const Json& file : json_rows(json_at(run.result(stage), {"files"}))) {
      const std::string name = json_text(json_at(file, {"file"}));
      if (!name.empty()) out[name] = file;
    }
  }
  std::error_code error;
  for (fs::directory_iterator at(run.folder / "exports", error), end; !error && at != end; at.increment(error)) {
    if (at->path().extension() != ".json") continue;
    const std::string name = "exports/" + at->path().stem().string();
    if (out.contains(name)) continue;
    const auto file = map_file(at->path());
    if (!file) continue;
    auto json = parse_json({reinterpret_cast<const char*>(file->data()), file->size()}, name);
    if (json) out[name] = *std::move(json);
  }
  return out;
}

report::FileRow row_of(const std::string& name, const Json& figures, bool times) {
  const Json& verified = json_at(figures, {"verified"});
  report::FileRow row{.file = name,
                      .use = where_it_runs(name),
                      .recipe = json_text(json_at(figures, {"recipe"})),
                      .bytes = static_cast<std::uint64_t>(json_integer(json_at(figures, {"bytes"}))),
                      .top1 = json_number(json_at(verified, {"top1_after"})),
                      .agreement = json_number(json_at(verified, {"agreement"})),
                      .max_abs_diff = json_number(json_at(verified, {"max_abs_diff"})),
                      .images = json_integer(json_at(verified, {"images"}))};
  if (!times) return row;
  row.ms = json_number(json_at(figures, {"ms"}));
  if (!row.ms) row.ms = json_number(json_at(figures, {"latency_ms", "after"}));
  return row;
}

void add_optimisation(report::FilesPart& files, const std::string& name, const Json& figures) {
  for (const Json& layer : json_rows(json_at(figures, {"layers"}))) {
    const std::string why = json_text(json_at(layer, {"kept_float"}));
    if (!why.empty()) files.kept.push_back({name, json_text(json_at(layer, {"name"})), why});
  }
  for (const Json& row : json_rows(json_at(figures, {"tried"}))) {
    files.tried.push_back({.recipe = json_text(json_at(row, {"recipe"})),
                           .refused = json_text(json_at(row, {"refused"})),
                           .bytes = static_cast<std::uint64_t>(json_integer(json_at(row, {"bytes"}))),
                           .drop = json_number(json_at(row, {"drop"})).value_or(0),
                           .best_of_its_size = json_at(row, {"pareto"}) == Json(true)});
  }
  if (const auto drop = json_number(json_at(figures, {"max_drop"}))) files.max_drop = *drop;
}

}  // namespace

report::FilesPart files_of(const RunRecord& run, const Model& model) {
  report::FilesPart files{.float_bytes = 4 * static_cast<std::uint64_t>(totals(model.graph).parameters),
                          .files = {},
                          .kept = {},
                          .tried = {},
                          .refused = {}};
  report::FileRow own{.file = "model.paw",
                      .use = "this program; what all others are made from",
                      .recipe = "none",
                      .bytes = bytes_on_disk(run.folder / "model.paw"),
                      .top1 = json_number(json_at(run.result("train"), {"test", "top1"})),
                      .images = json_integer(json_at(run.result("train"), {"test", "images"}))};
  for (const auto& [name, figures] : figures_of(run)) {
    report::FileRow row = row_of(name, figures, !run.reproducible);
    if (!own.ms && !run.reproducible) own.ms = json_number(json_at(figures, {"latency_ms", "before"}));
    add_optimisation(files, name, figures);
    files.files.push_back(std::move(row));
  }
  std::ranges::sort(files.files, {},
                    [](const report::FileRow& f) { return std::pair(f.optimized(), std::string_view(f.file)); });
  files.files.insert(files.files.begin(), std::move(own));
  for (const std::string& why : json_texts(json_at(run.result("optimize"), {"refused"}))) files.refused.push_back(why);
  return files;
}

std::vector<report::ParityRow> parity_of(const RunRecord& run) {
  std::vector<report::ParityRow> rows;
  for (const Json& row : json_rows(json_at(run.result("predict"), {"parity"}))) {
    rows.push_back({.file = json_text(json_at(row, {"file"})),
                    .engine = json_text(json_at(row, {"engine"})),
                    .note = json_text(json_at(row, {"note"})),
                    .images = json_integer(json_at(row, {"images"})),
                    .agreement = json_number(json_at(row, {"agreement"})),
                    .max_abs_diff = json_number(json_at(row, {"max_abs_diff"}))});
  }
  return rows;
}

Result<std::vector<report::HeldOut>> held_out_of(const RunRecord& run, ReportPhotos& photos) {
  constexpr std::size_t kMostHeldOut = 8;
  std::vector<report::HeldOut> out;
  for (const Json& row : json_rows(json_at(run.result("predict"), {"images"}))) {
    if (out.size() == kMostHeldOut) break;
    report::HeldOut photo{.path = json_text(json_at(row, {"path"})),
                          .label = json_text(json_at(row, {"label"})),
                          .said = {},
                          .picture = {}};
    const Json& files = json_at(row, {"files"});
    for (const auto& [file, said] : files.items()) {
      photo.said.push_back(
          {file, json_text(json_at(said, {"label"})), json_number(json_at(said, {"score"})).value_or(0)});
    }
    if (const Photo* const decoded = photos.decode(photo.path)) {
      PAW_ASSIGN_OR_RETURN(const Image small, square_of(decoded->image, 128));
      PAW_ASSIGN_OR_RETURN(photo.picture, picture_of(small, "photo of the class " + photo.label));
    }
    out.push_back(std::move(photo));
  }
  return out;
}

}  // namespace paw
