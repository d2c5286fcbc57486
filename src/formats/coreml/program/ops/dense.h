// Dense layers whose weights are stored in float16 and computed with in float32.
#pragma once

#include <vector>

#include "formats/coreml/program/node_writer.h"

namespace paw::coreml::program {

// An op to emit: what it is called, and its operands.
struct OpForm {
  std::string_view type;
  std::vector<Input> inputs;
};

// `rows` [...,I] to [...,O] by w.half_weights(): as matmul and add, since linear and conv take constants only.
// `axes`: of the weights, output channels first. The last of the ops is left to emit.
Result<OpForm> dense_of_half(NodeWriter& w, const Var& rows, std::span<const int> axes);
// The whole op, of images [N,1,1,I] to [N,1,1,O].
Status pixel_of_half(NodeWriter& w, std::span<const int> axes);

}  // namespace paw::coreml::program
