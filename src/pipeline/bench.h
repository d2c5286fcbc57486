// How fast models run here: latency, share of the machine's peak, memory, and a profile step by step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"
#include "pipeline/machine.h"

namespace paw {

struct BenchSettings {
  std::vector<std::string> models;   // .paw and .plan files, known by content
  std::string net;                   // or a built-in net with random weights
  std::int64_t batch = 1, size = 0;  // of the net; 0: its published size
  std::vector<int> threads = {1};
  double seconds = 1;  // per model and number of threads
  bool profile = false;
};

// A group of steps that ran as one, under its first step's name.
struct ProfileRow {
  std::string name;  // the source note
  std::string kind;  // "conv_f32+unary_f32"
  std::int64_t macs = 0, bytes = 0;
  double ms = 0;  // minimum
};

struct BenchRow {
  std::string path;  // or the net's name
  std::string dtype;
  int threads = 1;
  std::size_t runs = 0;
  double ms_min = 0, ms_median = 0;
  std::int64_t macs = 0;
  std::uint64_t arena_bytes = 0;
  double load_ms = 0;              // mapping, checking, allocating, starting threads
  double first_result_ms = 0;      // load_ms and the first run
  std::optional<double> lower_ms;  // graph to plan; none for a .plan file
  std::vector<ProfileRow> profile;
};

struct BenchResult {
  std::string processor;
  int cores = 0;
  Isa isa = Isa::kPortable;
  std::vector<MachineLimits> limits;  // per number of threads, in the order asked for
  std::vector<BenchRow> rows;
};

// kUsage: nothing to measure, unknown net, threads outside 1 to 256. kIo, kUnsupported: a file that cannot be read or
// run.
Result<BenchResult> bench_models(const BenchSettings& settings);

Json to_json(const BenchResult& result);
std::string to_text(const BenchResult& result);

}  // namespace paw
