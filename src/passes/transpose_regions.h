// Regions of nodes that could work on plain operands if the transposes they read were moved behind them.
#pragma once

#include <vector>

#include "ir/rewriter.h"
#include "passes/permute_axes.h"

namespace paw {

// Moves transposes through every region where fewer elements get transposed afterwards. Regions that share a
// transpose wait for the next call. Transposes that read transposes must have been merged before.
Result<bool> sink_transposes(Graph& graph);

// The transpose of `value` by `perm`: itself, a reshape, or a transpose node.
ValueId insert_transpose(Rewriter& edits, ValueId value, const Perm& perm, const std::string& source);

}  // namespace paw
