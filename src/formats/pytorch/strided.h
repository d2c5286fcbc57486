// A view of a storage made a tensor of its own: bounds, then row-major order.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "formats/pytorch/pickle.h"
#include "tensor/tensor.h"

namespace paw::pytorch {

// The type of `view`. kUnsupported, without a place: no elements, too large, or it leaves a storage of so many
// elements.
Result<TensorType> check_view(const TensorView& view, const Storage& storage);

// Its elements lie one after the other, in row-major order. Requires a checked view.
bool is_contiguous(const TensorView& view);

// The elements in row-major order. `data` holds storage.elements elements, at any alignment. Requires a checked view.
Bytes gather(const TensorView& view, const TensorType& type, const Bytes& data);

}  // namespace paw::pytorch
