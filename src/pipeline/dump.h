// The text form of a model's graph, as it is or after passes.
#pragma once

#include <string>
#include <vector>

#include "ir/pass.h"
#include "pipeline/load.h"

namespace paw {

struct DumpSettings {
  ModelSource source;
  std::string pipeline;  // run this pipeline first; empty: none, or "deploy" when `after` is set
  std::string after;     // stop after this pass
  bool weights = false;  // print every constant's elements
};

struct Dump {
  std::string text;
  std::vector<PassTrace> trace;  // one entry per pass that ran
};

// kUsage: unknown pipeline or pass (the nearest known one is named).
Result<Dump> dump_model(const DumpSettings& settings);

}  // namespace paw
