// The functions behind ops.inc: one writer per op of the graph, one reader per kind of MIL op.
#pragma once

#include "formats/coreml/program/node_writer.h"
#include "formats/coreml/program/op_reader.h"

namespace paw::coreml::program {

#define PAW_WRITES(op) Status write_##op(NodeWriter& w);
#define PAW_REFUSES(op, reason)
#define PAW_READS(type, function) Status read_##function(OpReader& r);
#include "formats/coreml/program/ops.inc"  // NOLINT(bugprone-suspicious-include)
#undef PAW_WRITES
#undef PAW_REFUSES
#undef PAW_READS

}  // namespace paw::coreml::program
