// The functions behind ops.inc: one writer per op of the graph, one reader per kind of MIL op.
#pragma once

#include "formats/coreml/program/node_writer.h"
#include "formats/coreml/program/op_reader.h"

namespace paw::coreml::program {

// A MIL op that is one of ours.
struct MilOp {
  std::string_view mil;
  const OpDef* op;
};

// Refused: what MIL's ops that move numbers do not take.
Status check_moved(const NodeWriter& w, bool reals_only = false);

#define PAW_WRITES(op) Status write_##op(NodeWriter& w);
#define PAW_REFUSES(op, reason)
#define PAW_READS(type, function) Status read_##function(OpReader& r);
#include "formats/coreml/program/ops.inc"  // NOLINT(bugprone-suspicious-include)
#undef PAW_WRITES
#undef PAW_REFUSES
#undef PAW_READS

}  // namespace paw::coreml::program
