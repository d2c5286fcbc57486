// The results of `paw bench` as JSON and as text.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "host/text.h"
#include "pipeline/bench.h"

namespace paw {

namespace {

// Zero in, zero out: a step too short for the clock has no speed.
double ratio(double a, double b) { return b > 0 ? a / b : 0; }

double gmac_s(std::int64_t macs, double ms) { return ratio(static_cast<double>(macs) / 1e6, ms); }

const MachineLimits& limits_of(const BenchResult& result, int threads) {
  return *std::ranges::find(result.limits, threads, &MachineLimits::threads);
}

// The least time that computing and moving need; the longer of both binds.
struct Bound {
  double compute_ms, memory_ms;
  bool by_memory() const { return memory_ms > compute_ms; }
  double share(double ms) const { return ratio(std::max(compute_ms, memory_ms), ms); }
};

Bound bound_of(const ProfileRow& row, const MachineLimits& limits) {
  return {ratio(static_cast<double>(row.macs) / 1e6, limits.gmac_s),
          ratio(static_cast<double>(row.bytes) / 1e6, limits.memory_gb_s)};
}

Json profile_json(const BenchRow& row, const MachineLimits& limits) {
  Json steps = Json::array();
  for (const ProfileRow& step : row.profile) {
    const Bound bound = bound_of(step, limits);
    steps.push_back({{"name", step.name},
                     {"kind", step.kind},
                     {"macs", step.macs},
                     {"bytes", step.bytes},
                     {"ms", step.ms},
                     {"gmac_s", gmac_s(step.macs, step.ms)},
                     {"limit", bound.by_memory() ? "memory" : "compute"},
                     {"share_of_limit", bound.share(step.ms)}});
  }
  return steps;
}

std::string profile_text(const BenchRow& row, const MachineLimits& limits) {
  using enum Table::Align;
  Table table({kLeft, kLeft, kRight, kRight, kRight, kRight, kRight, kLeft});
  table.header({"step", "kind", "MMAC", "kB", "ms", "GMAC/s", "share", "of"});
  for (const ProfileRow& step : row.profile) {
    const Bound bound = bound_of(step, limits);
    table.row({printable(step.name), step.kind, fmt::format("{:.2f}", static_cast<double>(step.macs) / 1e6),
               fmt::format("{:.0f}", static_cast<double>(step.bytes) / 1e3), fmt::format("{:.3f}", step.ms),
               fmt::format("{:.1f}", gmac_s(step.macs, step.ms)), fmt::format("{:.0f} %", 100 * bound.share(step.ms)),
               bound.by_memory() ? "memory" : "compute"});
  }
  return fmt::format("\n{}, {} thread{}\n", printable(row.path), row.threads, row.threads == 1 ? "" : "s") +
         table.text();
}

}  // namespace

Json to_json(const BenchResult& result) {
  Json limits = Json::array();
  double peak = 0;
  for (const MachineLimits& l : result.limits) {
    limits.push_back({{"threads", l.threads}, {"peak_gmac_s", l.gmac_s}, {"memory_gb_s", l.memory_gb_s}});
    peak = std::max(peak, l.gmac_s);
  }
  Json models = Json::array();
  for (const BenchRow& row : result.rows) {
    const MachineLimits& own = limits_of(result, row.threads);
    const double speed = gmac_s(row.macs, row.ms_min);
    Json model = {{"path", row.path},
                  {"dtype", row.dtype},
                  {"threads", row.threads},
                  {"runs", row.runs},
                  {"ms_min", row.ms_min},
                  {"ms_median", row.ms_median},
                  {"macs", row.macs},
                  {"gmac_s", speed},
                  {"share_of_peak", ratio(speed, own.gmac_s)},
                  {"arena_bytes", row.arena_bytes},
                  {"load_ms", row.load_ms},
                  {"first_result_ms", row.first_result_ms},
                  {"lower_ms", row.lower_ms ? Json(*row.lower_ms) : Json()}};
    if (!row.profile.empty()) model["steps"] = profile_json(row, own);
    models.push_back(std::move(model));
  }
  return {{"machine",
           {{"processor", result.processor},
            {"cores", result.cores},
            {"isa", name(result.isa)},
            {"peak_gmac_s", peak},
            {"limits", limits}}},
          {"models", models}};
}

std::string to_text(const BenchResult& result) {
  std::string text = fmt::format("{}, {} cores, {}\n", printable(result.processor), result.cores, name(result.isa));
  for (const MachineLimits& l : result.limits) {
    text += fmt::format("peak on {} thread{}: {:.1f} GMAC/s, memory {:.1f} GB/s\n", l.threads,
                        l.threads == 1 ? "" : "s", l.gmac_s, l.memory_gb_s);
  }
  using enum Table::Align;
  Table table({kLeft, kLeft, kRight, kRight, kRight, kRight, kRight, kRight, kRight, kRight});
  table.header({"model", "dtype", "threads", "ms min", "median", "GMAC/s", "of peak", "arena", "load ms", "lower ms"});
  for (const BenchRow& row : result.rows) {
    const double speed = gmac_s(row.macs, row.ms_min);
    table.row({printable(row.path), row.dtype, fmt::format("{}", row.threads), fmt::format("{:.3f}", row.ms_min),
               fmt::format("{:.3f}", row.ms_median), fmt::format("{:.1f}", speed),
               fmt::format("{:.0f} %", 100 * ratio(speed, limits_of(result, row.threads).gmac_s)),
               human_bytes(row.arena_bytes), fmt::format("{:.2f}", row.load_ms),
               row.lower_ms ? fmt::format("{:.1f}", *row.lower_ms) : ""});
  }
  text += "\n" + table.text();
  for (const BenchRow& row : result.rows) {
    if (!row.profile.empty()) text += profile_text(row, limits_of(result, row.threads));
  }
  return text;
}

}  // namespace paw
