#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/text.h"
#include "pipeline/optimize.h"

namespace paw {

namespace {

Json layer_json(const LayerReport& layer) {
  Json out = {{"name", layer.name}};
  if (!layer.estimator.empty()) out["estimator"] = layer.estimator;
  if (layer.sqnr_db != 0) out["sqnr_db"] = layer.sqnr_db;
  if (layer.noise != 0) out["noise"] = layer.noise;
  if (!layer.kept_float.empty()) out["kept_float"] = layer.kept_float;
  return out;
}

}  // namespace

Json to_json(const OptimizeResult& r) {
  Json layers = Json::array();
  for (const LayerReport& layer : r.report.layers) layers.push_back(layer_json(layer));
  Json verified = to_json(r.verified);
  verified["drop"] = drop_of(r.verified);
  return {{"input", r.input},
          {"output", r.output},
          {"format", r.format},
          {"target", r.target},
          {"recipe", r.recipe},
          {"bytes", r.bytes},
          {"zipped_bytes", r.zipped_bytes},
          {"float_bytes", r.float_bytes},
          {"max_drop", r.max_drop},
          {"tried", to_json(r.tried)},
          {"verified", std::move(verified)},
          {"latency_ms", {{"before", r.latency.before_ms}, {"after", r.latency.after_ms}}},
          {"calibration_photos", r.report.examples},
          {"fine_tuning", to_json(r.fine_tuning)},
          {"layers", std::move(layers)},
          {"notes", r.notes},
          {"make_seconds", r.make_seconds},
          {"seconds", r.seconds}};
}

std::string to_text(const OptimizeResult& r) {
  const auto share = [&](std::uint64_t bytes) {
    return 100.0 * static_cast<double>(bytes) / static_cast<double>(std::max<std::uint64_t>(r.float_bytes, 1));
  };
  std::string text =
      fmt::format("{}: {}, {:.1f} % of {} in float32 (in a zip archive {})\n", printable(r.output),
                  human_bytes(r.bytes), share(r.bytes), human_bytes(r.float_bytes), human_bytes(r.zipped_bytes));
  if (!r.tried.empty()) text += fmt::format("  auto chose {}\n{}", r.recipe, to_text(r.tried));
  for (const std::string& note : r.notes) text += fmt::format("  note: {}\n", printable(note));
  text += fmt::format("  read back and compared: {}\n", to_text(r.verified));
  if (r.verified.labelled) {
    const Interval interval = r.verified.labelled->drop_interval();
    text +=
        fmt::format("  {} photos are wrong that were right, {} right that were wrong: drop {:.4f} ({:.4f} to {:.4f})\n",
                    r.verified.labelled->lost, r.verified.labelled->gained, r.verified.labelled->drop(), interval.low,
                    interval.high);
  }
  return text + fmt::format("  {:.2f} ms instead of {:.2f} ms an answer; made in {:.1f} s, judged in {:.1f} s\n",
                            r.latency.after_ms, r.latency.before_ms, r.make_seconds, r.seconds - r.make_seconds);
}

}  // namespace paw
