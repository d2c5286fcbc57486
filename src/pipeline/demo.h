// `paw demo`: the whole job on an embedded default, as far as the stages exist.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/json.h"

namespace paw {

struct DemoSettings {
  std::string out = "paw-demo";  // the run folder
  bool force = false;            // replace an existing one
};

struct DemoResult {
  std::string run;    // the folder
  std::string model;  // RUN/model.paw
  std::uint64_t bytes = 0;
  std::int64_t parameters = 0, macs = 0;
  std::size_t nodes = 0, nodes_deployed = 0;
  std::vector<double> scores;      // of the graph in memory, on a drawn test card
  double reopened_difference = 0;  // largest difference of the scores after writing and opening again
  double deployed_difference = 0;  // the same after the deploy passes
};

// Calls `say` with one line before each stage. kIo: the folder exists (without force) or cannot be written.
// kGateFailed: the file opened again does not answer like the graph that was written.
Result<DemoResult> run_demo(const DemoSettings& settings, const std::function<void(const std::string&)>& say);

Json to_json(const DemoResult& result);

}  // namespace paw
