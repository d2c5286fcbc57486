// The same computation on another number of examples at once.
#pragma once

#include "ir/graph.h"

namespace paw {

// `graph` with the first extent of every input set to `batch`, all types inferred anew. Error kUnsupported: a node does
// not work with it (a reshape to a fixed number of examples); it is named.
Result<Graph> with_batch(Graph graph, std::int64_t batch);

}  // namespace paw
