// The functions behind ops.inc: one writer per op of the graph, one reader per kind of layer.
#pragma once

#include "formats/coreml/network/layer_reader.h"
#include "formats/coreml/network/layer_writer.h"

namespace paw::coreml::network {

#define PAW_WRITES(op) Status write_##op(LayerWriter& w);
#define PAW_REFUSES(op, reason)
#define PAW_READS(kind, function) Status read_##function(LayerReader& r);
#include "formats/coreml/network/ops.inc"  // NOLINT(bugprone-suspicious-include)
#undef PAW_WRITES
#undef PAW_REFUSES
#undef PAW_READS

}  // namespace paw::coreml::network
