// How an evaluation looks: lines for people, JSON for programs.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "host/text.h"
#include "pipeline/eval.h"

namespace paw {

namespace {

std::string counts_line(const EvalResult& r) {
  const auto& [train, val, test] = r.known;
  std::string out;
  if (train + val + test > 0) {
    out += fmt::format("of the photos here, the model was trained on {}, tuned on {} and tested on {}\n", train, val,
                       test);
  }
  if (r.left_out > 0) out += fmt::format("{} photos are left out by --split {}\n", r.left_out, r.split);
  if (!r.unusable.empty()) out += fmt::format("{} files are no usable photos\n", r.unusable.size());
  return out;
}

std::string mistakes_table(const EvalResult& r) {
  if (r.mistakes.empty()) return "";
  using enum Table::Align;
  Table table({kLeft, kRight, kLeft, kRight, kLeft});
  table.header({"said", "score", "is", "score", "photo"});
  for (const Mistake& m : r.mistakes) {
    table.row({printable(m.said), fmt::format("{:.2f}", m.score), printable(m.label),
               fmt::format("{:.2f}", m.label_score), printable(m.path)});
  }
  return "\nworst mistakes:\n" + table.text();
}

}  // namespace

Json to_json(const EvalResult& r) {
  Json out = {{"model", r.model}, {"photos", r.photos}, {"split", r.split}};
  out.update(to_json(r.report));
  out["seen"] = {{"train", r.known[0]}, {"val", r.known[1]}, {"test", r.known[2]}};
  out["left_out"] = r.left_out;
  out["unusable"] = Json::array();
  for (const UnusableFile& file : r.unusable) out["unusable"].push_back({{"path", file.path}, {"reason", file.reason}});
  out["mistakes"] = Json::array();
  for (const Mistake& m : r.mistakes) {
    out["mistakes"].push_back(
        {{"path", m.path}, {"label", m.label}, {"said", m.said}, {"score", m.score}, {"label_score", m.label_score}});
  }
  return out;
}

std::string to_text(const EvalResult& r) { return to_text(r.report) + mistakes_table(r) + "\n" + counts_line(r); }

}  // namespace paw
