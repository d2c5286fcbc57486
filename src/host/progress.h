// Progress of long work on one stream: a bar with rate and time left on a terminal, a plain line every few seconds
// elsewhere, JSON lines for programs, or nothing. Knows nothing about the work.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace paw {

enum class ProgressStyle : std::uint8_t { kBar, kLines, kJson, kSilent };

// What --json and --quiet ask for; with neither, a bar when stderr is a terminal. --quiet wins over --json.
ProgressStyle progress_style(bool json, bool quiet);

// Thread-compatible: one thread at a time. Reports at most ten times a second (bar), twice a second (JSON) or every
// five seconds (lines), and always once when a stage ends, so advance() may be called per item.
class Progress {
 public:
  using Sink = std::function<void(std::string_view)>;  // takes text as it is to appear on the stream
  using Clock = std::function<double()>;               // seconds, never going back

  // To stderr, by the steady clock.
  explicit Progress(ProgressStyle style);
  Progress(ProgressStyle style, Sink sink, Clock clock, int width = 80);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();  // ends an open stage

  // Begins a stage and ends the one before. `total` 0: not known. `already`: done before, for resumed work; it counts
  // as done but not in the rate.
  void start(std::string stage, std::uint64_t total, std::string unit, std::uint64_t already = 0);
  void advance(std::uint64_t count = 1);
  void finish();

  // A line of its own, above the bar: what a stage found out. Silent with --quiet.
  void note(std::string_view text);
  // The same for what must not go unseen: also printed with --quiet.
  void warn(std::string_view text);

 private:
  void report(bool last);
  void message(std::string_view kind, std::string_view text);
  std::string line() const;
  std::string bar() const;
  std::string json(bool last) const;
  std::string state() const;
  double rate() const;
  double seconds_left() const;

  ProgressStyle style_;
  Sink sink_;
  Clock clock_;
  int width_;
  std::string stage_, unit_;
  std::uint64_t total_ = 0, done_ = 0, already_ = 0;
  double started_ = 0, reported_ = 0, now_ = 0;
  bool open_ = false;
};

}  // namespace paw
