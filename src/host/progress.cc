#include "host/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>

#include "host/json.h"
#include "host/terminal.h"
#include "host/text.h"

namespace paw {

namespace {

constexpr double kMinElapsed = 1e-3;  // seconds; below it a rate is noise

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Progress that cannot be shown (stderr closed) does not stop the work.
void to_stderr(std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(STDERR_FILENO, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
}

double interval(ProgressStyle style) {
  switch (style) {
    case ProgressStyle::kBar: return 0.1;
    case ProgressStyle::kJson: return 0.5;
    case ProgressStyle::kLines:
    case ProgressStyle::kSilent: break;
  }
  return 5.0;
}

}  // namespace

ProgressStyle progress_style(bool json, bool quiet) {
  if (quiet) return ProgressStyle::kSilent;
  if (json) return ProgressStyle::kJson;
  return is_terminal(STDERR_FILENO) ? ProgressStyle::kBar : ProgressStyle::kLines;
}

Progress::Progress(ProgressStyle style) : Progress(style, to_stderr, steady_seconds, terminal_width(STDERR_FILENO)) {}

Progress::Progress(ProgressStyle style, Sink sink, Clock clock, int width)
    : style_(style), sink_(std::move(sink)), clock_(std::move(clock)), width_(width) {}

Progress::~Progress() { finish(); }

void Progress::start(std::string stage, std::uint64_t total, std::string unit, std::uint64_t already) {
  finish();
  stage_ = std::move(stage);
  unit_ = std::move(unit);
  total_ = total;
  done_ = already_ = already;
  started_ = reported_ = now_ = clock_();
  open_ = true;
  if (style_ == ProgressStyle::kBar) report(false);
}

void Progress::advance(std::uint64_t count) {
  if (!open_) return;
  done_ += count;
  if (style_ == ProgressStyle::kSilent) return;
  now_ = clock_();
  if (now_ - reported_ >= interval(style_)) report(false);
}

void Progress::finish() {
  if (!open_) return;
  now_ = clock_();
  report(true);
  open_ = false;
}

void Progress::note(std::string_view text) {
  if (style_ != ProgressStyle::kSilent) message("note", text);
}

void Progress::warn(std::string_view text) { message("warning", text); }

void Progress::message(std::string_view kind, std::string_view text) {
  if (style_ == ProgressStyle::kJson) {
    Json json;
    json[std::string(kind)] = text;
    return sink_(to_text(json) + "\n");
  }
  const bool redraw = open_ && style_ == ProgressStyle::kBar;
  const std::string prefix = kind == "warning" ? "warning: " : "";
  sink_((redraw ? "\r\x1b[K" : "") + prefix + printable(text) + "\n");
  if (redraw) report(false);
}

void Progress::report(bool last) {
  reported_ = now_;
  switch (style_) {
    case ProgressStyle::kBar: return sink_("\r" + bar() + "\x1b[K" + (last ? "\n" : ""));
    case ProgressStyle::kLines: return sink_(line() + "\n");
    case ProgressStyle::kJson: return sink_(json(last) + "\n");
    case ProgressStyle::kSilent: return;
  }
}

double Progress::rate() const {
  const double elapsed = now_ - started_;
  return elapsed < kMinElapsed ? 0 : static_cast<double>(done_ - already_) / elapsed;
}

double Progress::seconds_left() const {
  const double per_second = rate();
  if (total_ == 0 || per_second <= 0) return -1;
  return done_ >= total_ ? 0 : static_cast<double>(total_ - done_) / per_second;
}

// "312 / 600 images, 84.2 images/s, 0:03 left"
std::string Progress::state() const {
  std::string out = total_ > 0 ? fmt::format("{} / {} {}", done_, total_, unit_) : fmt::format("{} {}", done_, unit_);
  if (rate() > 0) out += fmt::format(", {:.{}f} {}/s", rate(), rate() < 100 ? 1 : 0, unit_);
  const bool complete = total_ > 0 && done_ >= total_;
  if (complete || total_ == 0) return out + ", " + human_duration(now_ - started_);
  return seconds_left() < 0 ? out : out + ", " + human_duration(seconds_left()) + " left";
}

std::string Progress::line() const { return printable(stage_) + ": " + state(); }

std::string Progress::bar() const {
  const std::string name = printable(stage_), rest = state();
  std::string meter;
  // The bar takes what the words leave; one column stays free, or some terminals start a new line.
  const auto room =
      static_cast<std::int64_t>(width_) - 1 - static_cast<std::int64_t>(display_width(name) + display_width(rest)) - 10;
  if (total_ > 0) {
    const double share = std::min(1.0, static_cast<double>(done_) / static_cast<double>(total_));
    if (const std::int64_t cells = std::min<std::int64_t>(room, 40); cells >= 5) {
      const auto full = static_cast<std::size_t>(share * static_cast<double>(cells));
      meter = "[" + std::string(full, '#') + std::string(static_cast<std::size_t>(cells) - full, '.') + "] ";
    }
    meter += fmt::format("{:3.0f} % ", share * 100);
  }
  std::string text = name + " " + meter + rest;
  return std::string(clip(text, static_cast<std::size_t>(width_ - 1)));
}

std::string Progress::json(bool last) const {
  Json fields;
  fields["stage"] = stage_;
  fields["done"] = done_;
  if (total_ > 0) fields["total"] = total_;
  fields["unit"] = unit_;
  fields["seconds"] = now_ - started_;
  if (rate() > 0) fields["rate"] = rate();
  if (seconds_left() >= 0) fields["seconds_left"] = seconds_left();
  if (last) fields["finished"] = true;
  Json json;
  json["progress"] = std::move(fields);
  return to_text(json);
}

}  // namespace paw
